"""What a contract keeps, what it leaves out, and when it is none."""

import pytest
from graphql import GraphQLUnionType

from router.composition import Composed, Refused
from router.contracts import contract
from router.supergraph import InvalidSupergraph, Supergraph
from tests.router.composition.vocabulary import assert_composes


def variant(sdl: str, *, include: str = "", exclude: str = "", reachable: bool = False) -> str:
    """The SDL of the contract over one subgraph."""
    made = contract(
        assert_composes(a=sdl), set(include.split()), set(exclude.split()), hide_unreachable_types=reachable
    )
    assert isinstance(made, Composed), made
    return made.sdl


def seen(sdl: str, *, include: str = "", exclude: str = "", reachable: bool = False) -> set[str]:
    """The coordinates clients see."""
    made = variant(sdl, include=include, exclude=exclude, reachable=reachable)
    schema = Supergraph.parse(made).api_schema
    found = set()
    for name, type in schema.type_map.items():
        if name.startswith("__") or name in ("Int", "String", "Boolean", "ID", "Float"):
            continue
        found.add(name)
        found |= {f"{name}.{part}" for part in getattr(type, "fields", ())}
        found |= {f"{name}.{part}" for part in getattr(type, "values", ())}
        for part, field in getattr(type, "fields", {}).items():
            found |= {f"{name}.{part}({argument}:)" for argument in getattr(field, "args", ())}
    return found


def queries(supergraph: str) -> set[str]:
    """The query fields clients see."""
    root = Supergraph.parse(supergraph).api_schema.query_type
    assert root is not None
    return set(root.fields)


def refused(sdl: str, *, include: str = "", exclude: str = "") -> list[tuple[str, str]]:
    """Codes and what would fix them."""
    made = contract(assert_composes(a=sdl), set(include.split()), set(exclude.split()))
    assert isinstance(made, Refused), made
    return [(fault.code, fault.fix) for fault in made.faults]


# ------------------------------------------------------------------------------------------------------------- exclude


def test_what_carries_an_excluded_tag_goes_and_all_else_stays():
    sdl = """
      type Query { user(id: ID!, debug: Boolean @tag(name: "i")): User  stats: Int @tag(name: "i") }
      type User { id: ID  note: String @tag(name: "i") @tag(name: "other")  role(as: Role): Role  search(by: By): Int }
      enum Role { GUEST ROOT @tag(name: "i") }
      input By { text: String  raw: String @tag(name: "i") }
    """

    assert seen(sdl, exclude="i") == {
        "Query", "Query.user", "Query.user(id:)", "User", "User.id", "User.role", "User.role(as:)", "User.search",
        "User.search(by:)", "Role", "Role.GUEST", "By", "By.text",
    }  # fmt: skip


@pytest.mark.parametrize(
    "type", ["type T %s { x: Int }", "interface T %s { x: Int }", "scalar T %s", "enum T %s { A }", "union T %s = U"]
)
def test_a_type_goes_with_the_fields_that_are_tagged_like_it(type):
    sdl = 'type Query { x: Int t: T @tag(name: "i") } type U { x: Int } ' + type % '@tag(name: "i")'

    assert "T" not in seen(sdl, exclude="i")
    assert "Query.t" not in seen(sdl, exclude="i")


def test_a_type_without_visible_fields_goes():
    sdl = 'type Query { x: Int t: T @tag(name: "i") } type T { a: Int @tag(name: "i") b: Int @inaccessible }'

    assert seen(sdl, exclude="i") == {"Query", "Query.x"}


def test_a_union_loses_excluded_members_and_goes_with_the_last():
    sdl = """
      type Query { x: Int  both: Both  gone: Gone @tag(name: "i") }
      union Both = A | B
      union Gone = B
      type A { x: Int }
      type B @tag(name: "i") { x: Int }
    """

    schema = Supergraph.parse(variant(sdl, exclude="i")).api_schema

    both = schema.type_map["Both"]
    assert isinstance(both, GraphQLUnionType)
    assert [member.name for member in both.types] == ["A"]
    assert "Gone" not in schema.type_map


def test_an_interface_goes_and_its_implementations_stay():
    sdl = """
      type Query { a: A }
      interface I @tag(name: "i") { x: Int }
      type A implements I { x: Int }
    """

    assert "I" not in seen(sdl, exclude="i")
    assert "A.x" in seen(sdl, exclude="i")


def test_a_root_type_without_visible_fields_goes():
    sdl = 'type Query { x: Int } type Mutation { y: Int @tag(name: "i") } type Subscription @tag(name: "i") { z: Int }'

    schema = Supergraph.parse(variant(sdl, exclude="i")).api_schema

    assert schema.query_type is not None
    assert schema.mutation_type is None
    assert schema.subscription_type is None


# ------------------------------------------------------------------------------------------------------------- include


def test_only_fields_with_an_included_tag_stay_on_objects_and_interfaces():
    sdl = """
      type Query { x: Int @tag(name: "p")  y: Int  u: User @tag(name: "p") }
      interface Named { name: String @tag(name: "p")  secret: Int }
      type User implements Named { name: String @tag(name: "p") secret: Int  id: ID }
    """

    assert seen(sdl, include="p") == {
        "Query", "Query.x", "Query.u", "User", "User.name", "Named", "Named.name",
    }  # fmt: skip


def test_a_tag_on_a_type_counts_for_its_fields():
    sdl = 'type Query @tag(name: "p") { u: User } type User @tag(name: "p") { id: ID } type Other { id: ID }'

    assert seen(sdl, include="p") == {"Query", "Query.u", "User", "User.id"}


def test_arguments_inputs_enums_and_scalars_need_no_included_tag_and_unions_do():
    sdl = """
      type Query { x(by: By, kind: Kind, at: At): Int @tag(name: "p")  u: U }
      input By { text: String }
      enum Kind { A }
      scalar At
      union U = M
      type M { x: Int }
    """

    assert seen(sdl, include="p") == {
        "Query", "Query.x", "Query.x(by:)", "Query.x(kind:)", "Query.x(at:)", "By", "By.text", "Kind", "Kind.A", "At",
    }  # fmt: skip


def test_who_is_both_included_and_excluded_goes():
    sdl = 'type Query @tag(name: "p") { x: Int  y: Int @tag(name: "i")  z: Int @tag(name: "p") @tag(name: "i") }'

    assert seen(sdl, include="p", exclude="i") == {"Query", "Query.x"}


def test_any_of_several_tags_includes():
    sdl = 'type Query { x: Int @tag(name: "a")  y: Int @tag(name: "b")  z: Int @tag(name: "c") }'

    assert seen(sdl, include="a b") == {"Query", "Query.x", "Query.y"}


# --------------------------------------------------------------------------------------------------------- unreachable


def test_types_that_no_operation_reaches_go_on_demand():
    sdl = """
      type Query { x(by: By): I  admin: Lone @tag(name: "i") }
      interface I { x: Int }
      type A implements I { x: Int  e: E }
      enum E { A }
      type Lone { x: Int  in(by: Only): Far }
      type Far { x: Int }
      input Only { x: Int }
      input By { x: Nested }
      input Nested { x: Int }
    """

    assert {"Lone", "Far", "Only"} <= seen(sdl, exclude="i")
    assert {name for name in seen(sdl, exclude="i", reachable=True) if "." not in name} == {
        "Query", "I", "A", "E", "By", "Nested",
    }  # fmt: skip


def test_an_unreachable_type_with_an_included_tag_stays():
    sdl = 'type Query { x: Int @tag(name: "p") } type T @tag(name: "p") { x: Int } type S { x: Int @tag(name: "p") }'

    assert {"T", "T.x"} <= seen(sdl, include="p", reachable=True)
    assert "S" not in seen(sdl, include="p", reachable=True)


# -------------------------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("sdl", "code", "fix"),
    [
        (
            'type Query { t: T  x: Int } type T @tag(name: "i") { x: Int }',
            "REFERENCED_INACCESSIBLE",
            'T is left out since it is tagged "i". Keep T, or leave out Query.t too.',
        ),
        (
            'type Query { x: Int @tag(name: "i") }',
            "QUERY_ROOT_TYPE_INACCESSIBLE",
            'Query is left out since all its fields are hidden (Query.x: it is tagged "i").',
        ),
        (
            'type Query { x(a: Int! @tag(name: "i")): Int }',
            "REQUIRED_INACCESSIBLE",
            'Query.x(a:) is left out since it is tagged "i".',
        ),
        (
            'type Query { x(a: A): Int } input A { a: Int! @tag(name: "i") b: Int }',
            "REQUIRED_INACCESSIBLE",
            'A.a is left out since it is tagged "i".',
        ),
        (
            'type Query { x(a: E = B): E } enum E { A B @tag(name: "i") }',
            "DEFAULT_VALUE_USES_INACCESSIBLE",
            'E.B is left out since it is tagged "i". Keep E.B, or leave out Query.x(a:) too.',
        ),
        (
            'type Query { i: I } interface I { x: Int } type A implements I { x: Int @tag(name: "i") y: Int }',
            "IMPLEMENTED_BY_INACCESSIBLE",
            'A.x is left out since it is tagged "i". Keep A.x, or leave out I.x too.',
        ),
    ],
)
def test_a_contract_that_leaves_no_api_is_refused_with_the_reason(sdl, code, fix):
    assert refused(sdl, exclude="i") == [(code, fix)]


def test_a_type_whose_fields_are_not_included_may_not_be_referenced():
    sdl = 'type Query { t: T @tag(name: "p") } type T { x: Int }'

    fix = (
        'T is left out since all its fields are hidden (T.x: neither it nor T is tagged "p").'
        " Keep T, or leave out Query.t too."
    )
    assert refused(sdl, include="p") == [("REFERENCED_INACCESSIBLE", fix)]


@pytest.mark.parametrize("text", ["type Query { x: Int }", "{", "", "enum join__Graph { A }", "{ x }" * 3])
def test_what_is_no_supergraph_is_said_to_be_none(text):
    with pytest.raises(InvalidSupergraph):
        contract(text, {"a"}, set())


def test_a_tag_that_nothing_carries_is_hinted_at():
    made = contract(assert_composes(a='type Query { x: Int y: Int @tag(name: "i") }'), set(), {"i", "j"})

    assert isinstance(made, Composed)
    assert [(hint.code, hint.message) for hint in made.hints] == [
        ("CONTRACT_TAG_UNUSED", 'Nothing in the supergraph is tagged "j".')
    ]


# ---------------------------------------------------------------------------------------------------------------- text


def test_nothing_but_the_marks_and_their_definition_is_written():
    before = assert_composes(a='type Query { x: Int  y: Int @tag(name: "i") }\ntype T @tag(name: "i") { x: Int }')

    made = contract(before, set(), {"i"})

    assert isinstance(made, Composed)
    added = [line for line in made.sdl.splitlines() if line not in before.splitlines()]
    definition = (
        "directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM"
        " | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION"
    )
    assert added == [
        '  @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)',
        definition,
        '  y: Int @tag(name: "i") @inaccessible',
        "  @inaccessible",
    ]


def test_a_contract_of_a_contract_is_one():
    once = variant('type Query { x: Int y: Int @tag(name: "i") z: Int @tag(name: "j") }', exclude="i")

    twice = contract(once, set(), {"i", "j"})

    assert isinstance(twice, Composed)
    assert twice.sdl.count(" @inaccessible\n") == 2
    assert queries(twice.sdl) == {"x"}


def test_directives_keep_the_names_a_supergraph_has_for_them():
    sdl = assert_composes(a='type Query { x: Int y: Int @tag(name: "i") z: Int @inaccessible }')
    for name, alias in {"tag/v0.3": "label", "inaccessible/v0.2": "hidden"}.items():
        usual = name.partition("/")[0]
        sdl = sdl.replace(f'/{name}"', f'/{name}", as: "{alias}"').replace(f"@{usual}", f"@{alias}")

    made = contract(sdl, set(), {"i"})

    assert isinstance(made, Composed)
    assert '@label(name: "i") @hidden' in made.sdl
    assert queries(made.sdl) == {"x"}


def test_a_supergraph_of_the_older_core_specification_gets_that_ones_link():
    core = "https://specs.apollo.dev"
    sdl = f"""
      schema
        @core(feature: "{core}/core/v0.2")
        @core(feature: "{core}/join/v0.1", for: EXECUTION)
        @core(feature: "{core}/tag/v0.1")
      {{ query: Query }}
      enum join__Graph {{ A @join__graph(name: "a", url: "http://a") }}
      type Query {{ x: Int @join__field(graph: A) y: Int @join__field(graph: A) @tag(name: "i") }}
    """

    made = contract(sdl, set(), {"i"})

    assert isinstance(made, Composed)
    assert f'@core(feature: "{core}/inaccessible/v0.1", for: SECURITY)' in made.sdl
    assert queries(made.sdl) == {"x"}
