"""Two words to test composition with: `assert_composes` and `assert_refused`, over subgraphs given by name."""

from graphql import REMOVE, Node, TypeDefinitionNode, Visitor, VisitorAction, parse, print_ast, visit

from router.composition import Composed, Fault, Refused, Source, compose

HEADER = """extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key" "@shareable" "@external" "@requires" "@provides" "@override" "@interfaceObject" "@inaccessible" "@tag"
  "@authenticated" "@requiresScopes" "@policy" "@cost" "@listSize" "@context" "@fromContext" "@composeDirective"
  "@extends"
])"""


class AsWritten(str):
    """SDL that brings its own links, or none (Federation 1)."""

    __slots__ = ()


def sources(**subgraphs: str) -> list[Source]:
    return [
        Source(name, f"http://{name}", sdl if isinstance(sdl, AsWritten) else f"{HEADER}\n{sdl}")
        for name, sdl in subgraphs.items()
    ]


def assert_composes(**subgraphs: str) -> str:
    """Compose, and answer the supergraph's SDL without blank lines and the join machinery's own definitions."""
    outcome = compose(sources(**subgraphs))
    assert isinstance(outcome, Composed), outcome
    return outcome.sdl


def assert_refused(code: str, *also: str, **subgraphs: str) -> str:
    """Fail to compose with exactly these codes, and answer the messages."""
    faults = faults_of(**subgraphs)
    assert {fault.code for fault in faults} == {code, *also}, faults
    return "\n".join(fault.message for fault in faults)


def faults_of(**subgraphs: str) -> tuple[Fault, ...]:
    outcome = compose(sources(**subgraphs))
    assert isinstance(outcome, Refused), "it composed"
    return outcome.faults


def shape(sdl: str, name: str) -> str:
    """One type of a supergraph as its plain GraphQL: no descriptions, no directives."""
    return print_ast(_Plain().changed(_definition(sdl, name)))


def marks(sdl: str, coordinate: str) -> list[str]:
    """The directives on a type (`User`) or on a field or enum value (`User.name`)."""
    name, _, part = coordinate.partition(".")
    node = _definition(sdl, name)
    if part:
        parts = [*(getattr(node, "fields", None) or ()), *(getattr(node, "values", None) or ())]
        node = next(item for item in parts if item.name.value == part)
    return [print_ast(directive) for directive in getattr(node, "directives", None) or ()]


def _definition(sdl: str, name: str) -> TypeDefinitionNode:
    return next(
        node
        for node in parse(sdl, no_location=True).definitions
        if isinstance(node, TypeDefinitionNode) and node.name.value == name
    )


class _Plain(Visitor):
    """Takes descriptions and directives away."""

    def changed(self, node: TypeDefinitionNode) -> TypeDefinitionNode:
        plain = visit(node, self)
        assert isinstance(plain, TypeDefinitionNode)
        return plain

    def enter_directive(self, *_: object) -> VisitorAction:
        return REMOVE

    def enter_string_value(self, _node: Node, key: str | int | None, *_: object) -> VisitorAction:
        return REMOVE if key == "description" else None
