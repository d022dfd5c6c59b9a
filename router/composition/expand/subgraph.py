"""A subgraph in Federation 2's terms, and what its directives say about its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from graphql import DocumentNode

from router import federation
from router.composition.contexts import context_of
from router.composition.expand.links import Link
from router.composition.fieldsets import FieldSetFault, fields_of, parse_field_set
from router.composition.schema.model import Application, Field, Input, Kind, Schema, Type, applied
from router.composition.schema.references import base_name


@dataclass(frozen=True)
class Subgraph:
    """A subgraph whose schema holds its own types only; the specification's definitions stand apart.

    The derived sets hold coordinates such as `Product.price`; they are computed on first use and kept.
    """

    name: str
    url: str
    schema: Schema
    version: federation.Version
    links: tuple[Link, ...]
    local: Mapping[str, str]
    """The local name of each federation directive this subgraph may use."""
    machinery: Schema
    """What the linked specifications define: directives and scalars under their local names."""
    written: Schema = field(repr=False)
    """The schema as it was written, the specifications' definitions included."""
    document: DocumentNode = field(repr=False)
    federation_1: bool = False
    """Whether it was written for Federation 1 and upgraded."""

    @property
    def implied_version(self) -> federation.Version:
        """The federation version it counts as: the one linked, or a newer one that a specification it links needs."""
        features = {feature.identity: feature.since for feature in federation.SUPERGRAPH_FEATURES}
        asked = [features[link.identity] for link in self.links if link.identity in features]
        return self.version if self.federation_1 else max([self.version, *asked])

    def find(self, element: Type | Field | Input, directive: str) -> Application | None:
        """Answer the first application of a federation directive, by its canonical name."""
        local = self.local.get(directive)
        return applied(element.directives, local) if local is not None and element.directives else None

    def find_all(self, element: Type | Field | Input, directive: str) -> tuple[Application, ...]:
        """Answer all applications of a federation directive, by its canonical name."""
        if not element.directives:
            return ()
        local = self.local.get(directive)
        return tuple([application for application in element.directives if application.name == local])

    def field_set(self, application: Application) -> str:
        """Answer the `fields` argument as text."""
        fields = application.arguments.get("fields")
        return fields if isinstance(fields, str) else ""

    def field_at(self, coordinate: str) -> Field | None:
        """Answer the field of a coordinate such as `Product.price`."""
        parent, _, name = coordinate.partition(".")
        type = self.schema.types.get(parent)
        return type.fields.get(name) if type is not None else None

    def is_interface_object(self, name: str) -> bool:
        """Tell whether the type stands in for an interface of other subgraphs."""
        type = self.schema.types.get(name)
        return type is not None and type.kind is Kind.OBJECT and self.find(type, "interfaceObject") is not None

    def is_external(self, parent: Type, item: Field) -> bool:
        """Tell whether the field is declared @external, save where the marker has no effect (keys of extensions)."""
        marked = self.find(item, "external") is not None
        if not marked and not self._externals_by_type:
            return False
        coordinate = f"{parent.name}.{item.name}"
        return (marked or coordinate in self._externals_by_type) and coordinate not in self.pretended_externals

    def is_fully_external(self, parent: Type, item: Field) -> bool:
        """Tell whether the field is external and no path provides it."""
        return self.is_external(parent, item) and f"{parent.name}.{item.name}" not in self.provided

    @cached_property
    def _externals_by_type(self) -> frozenset[str]:
        return frozenset(
            f"{type.name}.{item.name}"
            for type in self.schema.types.values()
            if self.find(type, "external") is not None
            for item in type.fields.values()
        )

    @cached_property
    def pretended_externals(self) -> frozenset[str]:
        """Fields marked @external only because Federation 1 wanted key fields of extensions marked so."""
        pretended: set[str] = set()
        for type in self.schema.types.values():
            extends = self.find(type, "extends") is not None
            for key in self.find_all(type, "key"):
                if not extends and key.extension == 0:
                    continue
                for coordinate in self.selected(type.name, key):
                    item = self.field_at(coordinate)
                    if item is not None and self.find(item, "external") is not None:
                        pretended.add(coordinate)
        return frozenset(pretended)

    @cached_property
    def shareable(self) -> frozenset[str]:
        """Fields that other subgraphs may resolve too: marked so, in a @key, or external and provided somewhere."""
        shared: set[str] = set()
        for type in self.schema.types.values():
            for item in type.fields.values():
                coordinate = f"{type.name}.{item.name}"
                if coordinate in self.provided and self.is_external(type, item):
                    shared.add(coordinate)
            for key in self.find_all(type, "key"):
                shared |= self.selected(type.name, key, implementations=True)
            on_type = {marker.extension for marker in self.find_all(type, "shareable")}
            for item in type.fields.values():
                if item.extension in on_type or self.find(item, "shareable") is not None:
                    shared.add(f"{type.name}.{item.name}")
        return frozenset(shared)

    @cached_property
    def provided(self) -> frozenset[str]:
        """Fields that some @provides names."""
        names: set[str] = set()
        for type in self.schema.types.values():
            for item in type.fields.values():
                for provides in self.find_all(item, "provides"):
                    names |= self.selected(base_name(item.type), provides, implementations=True)
        return frozenset(names)

    @cached_property
    def contexts(self) -> Mapping[str, list[Type]]:
        """The types that set each context."""
        found: dict[str, list[Type]] = {}
        for type in self.schema.types.values():
            for application in self.find_all(type, "context"):
                found.setdefault(str(application.arguments.get("name")), []).append(type)
        return found

    def _taken_from_context(self, taken: Application) -> set[str]:
        name, text = context_of(taken)
        try:
            selection = parse_field_set(text)
        except FieldSetFault:
            return set()
        return {
            coordinate
            for type in self.contexts.get(name, ())
            for coordinate in fields_of(self.schema, type.name, selection, implementations=True)
        }

    @cached_property
    def used(self) -> frozenset[str]:
        """Fields that a @key, @requires, @provides or @fromContext names, or that an interface asks for."""
        names: set[str] = set(self.provided)
        for type in self.schema.types.values():
            for key in self.find_all(type, "key"):
                names |= self.selected(type.name, key, implementations=True)
            for item in type.fields.values():
                for requires in self.find_all(item, "requires"):
                    names |= self.selected(type.name, requires, implementations=True)
            for item in type.fields.values():
                for argument in item.arguments.values():
                    taken = self.find(argument, "fromContext")
                    if taken is not None:
                        names |= self._taken_from_context(taken)
            for interface in type.interfaces if type.kind is Kind.OBJECT else ():
                parent = self.schema.types.get(interface)
                if parent is not None:
                    names |= {f"{type.name}.{name}" for name in parent.fields if name in type.fields}
        return frozenset(names)

    def selected(self, parent: str, application: Application, *, implementations: bool = False) -> set[str]:
        """Answer the coordinates a field set names, up to the first that does not exist; none if it does not parse."""
        try:
            selection = parse_field_set(self.field_set(application))
        except FieldSetFault:
            return set()
        return fields_of(self.schema, parent, selection, implementations=implementations)
