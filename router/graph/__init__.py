"""The graph of a supergraph: which subgraph can move from which type to which, by which fields and keys."""

from router.graph.fieldset import Collector, Deferral, Wish, outline
from router.graph.graph import Edge, Graph, State

__all__ = ["Collector", "Deferral", "Edge", "Graph", "State", "Wish", "outline"]
