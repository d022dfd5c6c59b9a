"""Each lint rule finds what it is named for, at its line, and lets good schemas be."""

from __future__ import annotations

import pytest

from router.checks.lint import RULES, Finding, Level, Settings, lint
from router.checks.lint.finding import Ignored
from router.commands.compose import read_config
from router.composition import Source
from tests.architecture.repository import ROOT

QUERY = "type Query { item: Item }"
# The rule, what it finds and where, and a schema that has it.
CASES = [
    ("FIELD_NAMES_SHOULD_BE_CAMEL_CASE", "Item.Name", "type Query { item: Item }\ntype Item { Name: String }"),
    ("FIELD_NAMES_SHOULD_BE_CAMEL_CASE", "Item.full_name", "type Query { item: Item }\ntype Item { full_name: String }"),
    ("INPUT_ARGUMENT_NAMES_SHOULD_BE_CAMEL_CASE", "Query.item(Id:)", "type Query {\n item(Id: ID): Int }"),
    ("INPUT_ARGUMENT_NAMES_SHOULD_BE_CAMEL_CASE", "AInput.some_id", "type Query { a(i: AInput): Int }\ninput AInput { some_id: ID }"),
    ("TYPE_NAMES_SHOULD_BE_PASCAL_CASE", "item", "type Query { item: item }\ntype item { a: Int }"),
    ("ENUM_VALUES_SHOULD_BE_SCREAMING_SNAKE_CASE", "Kind.big", "type Query { k: Kind }\nenum Kind { big SMALL_ONE }"),
    ("DIRECTIVE_NAMES_SHOULD_BE_CAMEL_CASE", "@My_Mark", "type Query { k: Int }\ndirective @My_Mark on FIELD"),
    ("RESTY_FIELD_NAMES", "Query.getItem", "type Query {\n getItem: Int getter: Int }"),
    ("RESTY_FIELD_NAMES", "Mutation.postItem", "type Query { a: Int }\ntype Mutation { postItem: Int }"),
    ("INPUT_TYPE_SUFFIX", "Filter", "type Query { a(f: Filter): Int }\ninput Filter { a: Int }"),
    ("INPUT_TYPE_SUFFIX", "MyInput", "type Query { a: MyInput }\ntype MyInput { a: Int }"),
    ("TYPE_SUFFIX", "ItemType", "type Query { a: ItemType }\ntype ItemType { a: Int }"),
    ("TYPE_SUFFIX", "EnumKind", "type Query { a: EnumKind }\nenum EnumKind { A }"),
    ("ALL_ELEMENTS_REQUIRE_DESCRIPTION", "Query.a", "type Query {\n a: Int }"),
    ("ROOT_FIELDS_REQUIRE_DESCRIPTION", "Query.a", "type Query {\n a: Int }"),
    ("DEPRECATED_DIRECTIVE_IS_MISSING_REASON", "Query.a", "type Query {\n a: Int @deprecated }"),
    ("DEPRECATED_DIRECTIVE_IS_MISSING_REASON", "Kind.A", 'type Query { k: Kind }\nenum Kind { A @deprecated(reason: " ") B }'),
    ("DEFINED_TYPES_ARE_UNUSED", "Lost", "type Query { a: Int }\ntype Lost { a: Int }"),
    ("ENUM_USED_AS_INPUT_WITHOUT_SUFFIX", "Sort", "type Query { a(s: Sort): Int }\nenum Sort { A }"),
    ("ENUM_USED_AS_OUTPUT_DESPITE_SUFFIX", "SortInput", "type Query { a(s: SortInput): SortInput }\nenum SortInput { A }"),
    ("IDS_SHOULD_BE_ID", "Query.itemId", "type Query {\n itemId: String code: String }"),
    ("IDS_SHOULD_BE_ID", "Query.a(id:)", "type Query {\n a(id: Int): Int }"),
    ("RELAY_CONNECTIONS", "AConnection", "type Query { a(first: Int, after: String): AConnection }\ntype AConnection { edges: [AEdge] }\ntype AEdge { node: Int cursor: String }"),
    ("RELAY_CONNECTIONS", "AConnection", "type Query { a(first: Int, after: String): AConnection }\ntype AConnection { edges: [AEdge] pageInfo: P }\ntype AEdge { node: Int }\ntype P { x: Int }"),
    ("RELAY_CONNECTIONS", "Query.a", "type Query {\n a: AConnection }\ntype AConnection { edges: [AEdge] pageInfo: P }\ntype AEdge { node: Int cursor: String }\ntype P { x: Int }"),
]  # fmt: skip


def found(sdl: str, settings: Settings | None = None, *more: Source) -> tuple[Finding, ...]:
    return lint([Source("a", "", sdl, "a.graphql"), *more], settings or Settings())


def only(code: str, level: Level = Level.ERROR) -> Settings:
    return Settings({each: level if each == code else Level.OFF for each in RULES})


@pytest.mark.parametrize(("code", "coordinate", "sdl"), CASES, ids=lambda value: str(value)[:40])
def test_a_rule_finds_what_it_is_named_for(code, coordinate, sdl) -> None:
    (finding,) = found(sdl, only(code))

    assert (finding.code, finding.coordinate, finding.file, finding.line) == (code, coordinate, "a.graphql", 2)
    assert sdl.splitlines()[1][finding.column - 1 :].startswith(
        coordinate.rpartition(".")[2].strip("@").split("(")[-1].strip(":)")
    )


def test_every_rule_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(RULES)


def test_a_good_schema_is_let_be() -> None:
    sdl = """
    type Query { item(id: ID!): Item  items(first: Int, after: String, sort: ItemSort): ItemConnection! }
    type Mutation { itemCreate(input: ItemCreateInput!): Item }
    type Item { id: ID! name: String @deprecated(reason: "use title") title: String kind: Kind }
    enum Kind { BIG SMALL_2 }  enum ItemSort { NEWEST }
    input ItemCreateInput { title: String! }
    type ItemConnection { edges: [ItemEdge!]! pageInfo: PageInfo! }
    type ItemEdge { node: Item! cursor: String! }  type PageInfo { hasNextPage: Boolean! }
    """

    assert found(sdl) == ()


def test_federations_own_elements_are_let_be() -> None:
    sdl = """
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    type Query { _entities(representations: [_Any!]!): [_Entity]!  _service: _Service!  a: Int }
    scalar _Any  union _Entity = Item  type _Service { sdl: String! }  scalar federation__FieldSet
    type Item @key(fields: "id") { id: ID! }
    """

    assert found(sdl) == ()


def test_what_another_subgraph_leads_to_or_describes_is_let_be() -> None:
    other = Source("b", "", '"A thing." type Thing { a: Int } type Query { "The thing." thing: Thing }', "b.graphql")
    settings = Settings(
        dict.fromkeys(RULES, Level.OFF)
        | {"DEFINED_TYPES_ARE_UNUSED": Level.WARN, "ALL_ELEMENTS_REQUIRE_DESCRIPTION": Level.WARN}
    )

    assert [each.coordinate for each in found("type Thing { a: Int }", settings, other)] == ["Thing.a"]


def test_levels_and_what_is_ignored_decide() -> None:
    sdl = "type Query { getA: Int get_b: Int listC: Int }"

    every = found(sdl)
    quieter = found(
        sdl,
        Settings(
            {"RESTY_FIELD_NAMES": Level.WARN},
            (Ignored("*", "Query.get_b", "x"), Ignored("RESTY_FIELD_NAMES", "Query.list*", "y")),
        ),
    )

    assert {(each.coordinate, each.level) for each in every} == {
        (f"Query.{name}", Level.ERROR) for name in ("getA", "get_b", "listC")
    }
    assert [(each.coordinate, each.level) for each in quieter] == [("Query.getA", Level.WARN)]


def test_what_does_not_parse_is_left_to_composition() -> None:
    assert found("type Query {") == ()


def test_the_shops_own_subgraphs_pass_the_rules_as_they_are() -> None:
    findings = lint(read_config(ROOT / "supergraph.yaml"), Settings())

    assert [each for each in findings if each.level is Level.ERROR] == []
