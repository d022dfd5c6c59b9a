"""The supergraph: a composed schema with its join metadata, read into frozen data, and the schema that clients see."""

from router.supergraph.model import (
    Authorization,
    ContextUse,
    FieldDefinition,
    FieldJoin,
    Kind,
    Subgraph,
    Supergraph,
    TypeDefinition,
    TypeJoin,
)
from router.supergraph.read import InvalidSupergraph

__all__ = [
    "Authorization",
    "ContextUse",
    "FieldDefinition",
    "FieldJoin",
    "InvalidSupergraph",
    "Kind",
    "Subgraph",
    "Supergraph",
    "TypeDefinition",
    "TypeJoin",
]
