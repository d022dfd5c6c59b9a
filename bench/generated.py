"""A federation as large as one likes, the same for the same seed: what composition is measured and tested with.

Subgraph `i` owns about fifty types of its own (`D<i>...`: entities, interfaces, unions, enums, inputs, value types, a
scalar) and has a hand in its neighbours': it extends their entities by one key or another, requires and provides their
fields, takes some over, shares value types, enums and inputs, and stands in for an interface. So the schema grows
linearly with the number of subgraphs, and each entity lives in a handful of them however many there are.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

SUBGRAPHS_MIN = 10
"""With fewer, a subgraph would be its own neighbour."""
ENTITIES, INTERFACES, UNIONS, ENUMS, INPUTS, VALUES = 16, 3, 2, 5, 6, 7

_LINK = (
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable", "@external",'
    ' "@requires", "@provides", "@override", "@interfaceObject", "@tag", "@inaccessible"])\n'
)
_SCALARS = ("String", "Int", "Float", "Boolean", "ID", "String!", "[String!]!", "[Int]")


@dataclass(frozen=True, slots=True)
class Generated:
    """One subgraph of the federation."""

    name: str
    url: str
    sdl: str


@dataclass
class _Text:
    """A subgraph being written: the blocks of its schema and the fields of its root types."""

    blocks: list[str] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    mutations: list[str] = field(default_factory=list)

    def block(self, head: str, lines: list[str], description: str = "") -> None:
        """Write a definition with one line for each of its parts."""
        told = f'"""{description}"""\n' if description else ""
        self.blocks.append(told + head + " {\n" + "".join(f"  {line}\n" for line in lines) + "}\n")


def federation(subgraphs: int, *, seed: int = 1, entities: int = ENTITIES) -> list[Generated]:
    """Make a federation of so many subgraphs, each with so many entities; it composes.

    Raises ValueError for fewer than ten subgraphs.
    """
    if subgraphs < SUBGRAPHS_MIN:
        raise ValueError(f"a generated federation has at least {SUBGRAPHS_MIN} subgraphs")
    texts = [_Text() for _ in range(subgraphs)]
    for index in range(subgraphs):
        _Domain(index, texts, random.Random(f"{seed}:{index}"), entities).write()
    return [
        Generated(f"domain{index}", f"http://domain{index}.example/graphql", _sdl(text))
        for index, text in enumerate(texts)
    ]


def _sdl(text: _Text) -> str:
    text.block("type Query", text.queries)
    text.block("type Mutation", text.mutations)
    return _LINK + "\n".join(text.blocks)


@dataclass
class _Domain:
    """What one subgraph owns, and what its neighbours have of it."""

    index: int
    texts: list[_Text]
    source: random.Random
    entities: int

    def write(self) -> None:
        """Write the owner's schema and the neighbours' part in it."""
        self._values()
        self._enums()
        self._inputs()
        self._interfaces_and_unions()
        for number in range(self.entities):
            self._entity(number)
        self._roots()

    def name(self, suffix: str, offset: int = 0) -> str:
        """A type of this domain, or of the one so many subgraphs before it."""
        return f"D{(self.index - offset) % len(self.texts)}{suffix}"

    @property
    def own(self) -> _Text:
        """The owner's text."""
        return self.texts[self.index]

    def neighbour(self, offset: int) -> _Text:
        """The text of a subgraph so many places on."""
        return self.texts[(self.index + offset) % len(self.texts)]

    def scalar(self) -> str:
        """Some leaf type."""
        return self.source.choice((*_SCALARS, self.name("Time"), self.name(f"Kind{self.source.randrange(ENUMS)}")))

    def _values(self) -> None:
        self.own.blocks.append(f"scalar {self.name('Time')}\n")
        self.neighbour(1).blocks.append(f"scalar {self.name('Time')}\n")
        for number in range(VALUES):
            lines = [f"part{i}: {self.source.choice(_SCALARS)}" for i in range(self.source.randint(3, 6))]
            head = f"type {self.name(f'Value{number}')} @shareable"
            if number:
                lines.append(f"inner: {self.name(f'Value{number - 1}')}")
            self.own.block(head, lines, "Several parts that belong together.")
            if number < 3:
                self.neighbour(1).block(head, lines)
            if number < 2:
                self.neighbour(2).block(head, lines)

    def _enums(self) -> None:
        for number in range(ENUMS):
            head = f"enum {self.name(f'Kind{number}')}"
            values = [f"KIND_{letter}" for letter in "ABCDEFGH"[: self.source.randint(3, 8)]]
            self.own.block(head, values, "What kinds there are.")
            if number < 2:
                self.neighbour(1).block(head, values)

    def _inputs(self) -> None:
        kind = self.name("Kind0")
        for number in range(INPUTS):
            head = f"input {self.name(f'Filter{number}')}"
            lines = [f"by{i}: {self.source.choice(_SCALARS[:5])}" for i in range(self.source.randint(3, 6))]
            lines += [f"kind: {kind} = KIND_A", "limit: Int! = 10"]
            if number:
                lines.append(f"also: [{self.name(f'Filter{number - 1}')}!]")
            self.own.block(head, lines)
            if number < 2:
                self.neighbour(1).block(head, [*(lines[:-1] if number else lines), "unknownToOthers: Int"])

    def _interfaces_and_unions(self) -> None:
        for number in range(INTERFACES):
            key = ' @key(fields: "id")' if number == 0 else ""
            self.own.block(
                f"interface {self.name(f'Node{number}')}{key}",
                ["id: ID!", f"title{number}: String"],
                "What is told apart.",
            )
        before = self.neighbour(-1)
        before.block(
            f'type {self.name("Node0")} @key(fields: "id") @interfaceObject', ["id: ID!", f"rating{self.index}: Float"]
        )
        before.queries.append(f"rated{self.index}: [{self.name('Node0')}!]!")
        for number in range(UNIONS):
            members = self.source.sample(range(self.entities), min(5, self.entities))
            names = " | ".join(self.name(f"Entity{member}") for member in sorted(members))
            self.own.blocks.append(f"union {self.name(f'Any{number}')} = {names}\n")

    def _entity(self, number: int) -> None:
        source, name = self.source, self.name(f"Entity{number}")
        composite = number % 5 == 0
        keys = ["id", *(["code"] if number % 2 == 0 else []), *(["place { region serial }"] if composite else [])]
        implemented = [i for i in range(INTERFACES) if (number + i) % 3 == 0]
        lines = ["id: ID!", *(["code: String!"] if number % 2 == 0 else [])]
        if composite:
            lines.append(f"place: {self.name(f'Place{number}')}!")
            self._place(self.own, number)
        lines += [f"title{i}: String" for i in implemented]
        lines += [f"field{i}(first: Int = 5, kind: {self.name('Kind0')}): {self.scalar()}" for i in range(2)]
        lines += [f"plain{i}: {self.scalar()}" for i in range(source.randint(3, 6))]
        lines += ['weight: Float @tag(name: "physical")', "secret: Int @inaccessible", "name: String @shareable"]
        lines.append(f"value: {self.name(f'Value{source.randrange(VALUES)}')}")
        lines.append(f"related(filter: {self.name(f'Filter{source.randrange(INPUTS)}')}): [{self.other(number)}!]!")
        lines.append(f"any: {self.name(f'Any{source.randrange(UNIONS)}')}")
        lines.append(f"node: {self.name(f'Node{source.randrange(INTERFACES)}')}")
        moving = number % 4 == 1
        if moving:
            lines.append("moved: String")
        reaches = source.sample(range(1, 8), source.randint(1, 3))
        implements = " implements " + " & ".join(self.name(f"Node{i}") for i in implemented) if implemented else ""
        heads = " ".join(f'@key(fields: "{key}")' for key in keys)
        for turn, offset in enumerate(sorted(reaches)):
            self._extension(number, offset, keys[turn % len(keys)], moving=moving and turn == 0)
        self.own.block(f"type {name}{implements} {heads}", lines, f"Number {number} of what domain {self.index} knows.")

    def other(self, number: int) -> str:
        """Another entity of this domain."""
        return self.name(f"Entity{(number + self.source.randrange(1, self.entities)) % self.entities}")

    def _place(self, text: _Text, number: int) -> None:
        text.block(f"type {self.name(f'Place{number}')} @shareable", ["region: String!", "serial: Int!"])

    def _extension(self, number: int, offset: int, key: str, *, moving: bool) -> None:
        """Let the subgraph so many places on have its own fields of this domain's entity."""
        text, name = self.neighbour(offset), self.name(f"Entity{number}")
        there = (self.index + offset) % len(self.texts)
        lines = [{"id": "id: ID!", "code": "code: String!"}.get(key, f"place: {self.name(f'Place{number}')}!")]
        if "{" in key:
            self._place(text, number)
        lines += [f"more{there}x{i}: {self.source.choice(_SCALARS)}" for i in range(self.source.randint(2, 4))]
        lines += ["weight: Float @external", f'cost{there}(in: String = "EUR"): Float @requires(fields: "weight")']
        lines += ["name: String @external"]
        if moving:
            lines.append(f'moved: String @override(from: "domain{self.index}")')
        text.block(f'type {name} @key(fields: "{key}")', lines)
        text.queries.append(f'best{there}of{name}(first: Int): [{name}!] @provides(fields: "name")')
        # A way on to what that subgraph owns, so that queries wander through the whole graph.
        if number % 7 == 0:
            lines = [f"{name.lower()}s: [{name}!]!"]
            text.block(f"type D{there}Shelf{self.index}x{number}", lines)
            text.queries.append(f"shelf{there}of{self.index}x{number}: D{there}Shelf{self.index}x{number}")

    def _roots(self) -> None:
        here = self.index
        for number in range(0, self.entities, 2):
            name = self.name(f"Entity{number}")
            self.own.queries.append(f"entity{here}x{number}(id: ID!): {name}")
            self.own.queries.append(f"list{here}x{number}(filter: {self.name('Filter1')}, first: Int = 20): [{name}!]!")
            self.own.mutations.append(f"change{here}x{number}(input: {self.name('Filter0')}!): {name}")
        self.own.queries.append(f"any{here}: [{self.name('Any0')}!]!")
        self.own.queries.append(f"node{here}(id: ID!): {self.name('Node1')}")
