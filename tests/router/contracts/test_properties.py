"""Whatever is tagged and asked for: a contract is a valid, smaller API, or refused with reasons; never anything else."""

import re

from graphql import GraphQLSchema, parse, validate_schema
from hypothesis import given, settings
from hypothesis import strategies as st

from router.composition import Composed, Refused
from router.contracts import contract
from router.contracts.marking import apply, coordinates
from router.supergraph import Supergraph
from tests.router.composition.vocabulary import assert_composes

SUPERGRAPH = assert_composes(
    a="""
      type Query { node(id: ID!): Node  media: Media  users(by: By = {kind: ADMIN}, first: Int! = 3): [User!]! }
      type Mutation { add(user: Input!): User }
      interface Node { id: ID! }
      interface Named implements Node { id: ID!  name(as: Kind = GUEST): String }
      type User implements Node & Named @key(fields: "id") { id: ID!  name(as: Kind = GUEST): String  kind: Kind  at: At }
      type Book implements Node { id: ID! @shareable  pages: Int @shareable }
      union Media = Book | User
      enum Kind { ADMIN GUEST ROOT }
      scalar At
      input By { kind: Kind = GUEST  text: String  also: Input }
      input Input { name: String!  kind: Kind }
      type Lone @tag(name: "other") { x: Int }
    """,
    b="""
      type User @key(fields: "id") { id: ID!  kind: Kind @external  rank: Int @requires(fields: "kind") }
      type Query { best: User  lone: Int }
      type Subscription { changed: User }
      enum Kind { ADMIN GUEST ROOT }
    """,
)
DOCUMENT = parse(SUPERGRAPH)
MACHINERY = ("join__", "link__")
COORDINATES = sorted(each for each, _ in coordinates(DOCUMENT) if not each.startswith(MACHINERY))
TAGS = "a", "b"
CODES = re.compile("QUERY_ROOT_TYPE_INACCESSIBLE|REFERENCED|ONLY|IMPLEMENTED|REQUIRED|DEFAULT")


def tagged(sdl: str, tags: dict[str, set[str]]) -> str:
    """The supergraph with these elements tagged."""
    for tag, elements in tags.items():
        sdl = apply(sdl, parse(sdl), f'@tag(name: "{tag}")', elements)
    return sdl


some = st.sets(st.sampled_from(COORDINATES), max_size=6)


@settings(max_examples=50)
@given(st.fixed_dictionaries(dict.fromkeys(TAGS, some)), st.sets(st.sampled_from(TAGS)), st.sets(st.sampled_from(TAGS)), st.booleans())  # fmt: skip
def test_any_contract_is_a_valid_api_or_refused(tags, include, exclude, unreachable):
    whole = tagged(SUPERGRAPH, tags)

    made = contract(whole, include, exclude, hide_unreachable_types=unreachable)

    match made:
        case Composed(sdl, _):
            schema = Supergraph.parse(sdl).api_schema
            assert validate_schema(schema) == []
            kept = set(schema.type_map)
            assert kept <= set(Supergraph.parse(whole).api_schema.type_map)
            for tag in exclude:
                for coordinate in tags[tag]:
                    assert not visible(schema, coordinate), coordinate
        case Refused(faults):
            assert faults
            assert all(CODES.match(fault.code) and fault.fix for fault in faults)


def visible(schema: GraphQLSchema, coordinate: str) -> bool:
    """Whether clients see the element."""
    name, _, rest = coordinate.partition(".")
    part, _, argument = rest.partition("(")
    type = schema.type_map.get(name)
    if type is None or not part:
        return type is not None
    found = {**getattr(type, "fields", {}), **getattr(type, "values", {})}.get(part)
    return found is not None and (not argument or argument.removesuffix(":)") in found.args)
