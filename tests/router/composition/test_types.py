"""What merging does with each kind of type."""

from tests.router.composition.vocabulary import assert_composes, assert_refused, marks, shape


def test_objects_have_the_fields_of_all_subgraphs():
    sdl = assert_composes(
        a='type Query { user: User } type User @key(fields: "id") { id: ID! name: String }',
        b='type User @key(fields: "id") { id: ID! age: Int }',
    )

    assert shape(sdl, "User") == "type User {\n  id: ID!\n  name: String\n  age: Int\n}"
    assert marks(sdl, "User") == ['@join__type(graph: A, key: "id")', '@join__type(graph: B, key: "id")']
    assert marks(sdl, "User.id") == []
    assert marks(sdl, "User.age") == ["@join__field(graph: B)"]


def test_a_field_nullable_somewhere_is_nullable():
    sdl = assert_composes(
        a="type Query { a: Value @shareable } type Value @shareable { text: String! }",
        b="type Query { b: Value } type Value @shareable { text: String }",
    )

    assert "text: String\n" in shape(sdl, "Value")
    assert marks(sdl, "Value.text") == [
        '@join__field(graph: A, type: "String!")',
        '@join__field(graph: B, type: "String")',
    ]


def test_a_field_is_of_the_interface_that_one_of_its_types_implements():
    sdl = assert_composes(
        a="type Query { pet: Pet @shareable } interface Pet { name: String } "
        "type Cat implements Pet @shareable { name: String }",
        b="type Query { pet: Cat @shareable } type Cat @shareable { name: String }",
    )

    assert "pet: Pet" in shape(sdl, "Query")


def test_types_of_one_field_that_share_nothing_are_refused():
    message = assert_refused(
        "FIELD_TYPE_MISMATCH",
        a="type Query { n: Int @shareable }",
        b="type Query { n: String @shareable }",
    )

    assert message == (
        'Type of field "Query.n" is incompatible across subgraphs: it has type "Int" in subgraph "a" but type "String"'
        ' in subgraph "b"'
    )


def test_input_objects_have_the_fields_all_subgraphs_know():
    sdl = assert_composes(
        a="type Query { a(by: Filter): Int } input Filter { text: String limit: Int }",
        b="type Query { b(by: Filter): Int } input Filter { text: String page: Int }",
    )

    assert shape(sdl, "Filter") == "input Filter {\n  text: String\n}"


def test_an_input_field_required_in_one_subgraph_and_unknown_to_another_is_refused():
    assert_refused(
        "REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH",
        a="type Query { a(by: Filter): Int } input Filter { text: String limit: Int! }",
        b="type Query { b(by: Filter): Int } input Filter { text: String }",
    )


def test_input_objects_with_nothing_in_common_are_refused():
    assert_refused(
        "EMPTY_MERGED_INPUT_TYPE",
        a="type Query { a(by: Filter): Int } input Filter { text: String }",
        b="type Query { b(by: Filter): Int } input Filter { limit: Int }",
    )


def test_an_argument_required_somewhere_is_required():
    sdl = assert_composes(
        a="type Query { n(x: Int): Int @shareable }",
        b="type Query { n(x: Int!): Int @shareable }",
    )

    assert "n(x: Int!): Int" in shape(sdl, "Query")


def test_a_required_argument_unknown_to_a_subgraph_is_refused():
    assert_refused(
        "REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH",
        a="type Query { n(x: Int!): Int @shareable }",
        b="type Query { n: Int @shareable }",
    )


def test_an_optional_argument_unknown_to_a_subgraph_is_left_out():
    sdl = assert_composes(
        a="type Query { n(x: Int, y: Int): Int @shareable }",
        b="type Query { n(y: Int): Int @shareable }",
    )

    assert "n(y: Int): Int" in shape(sdl, "Query")


def test_a_default_that_only_some_have_is_dropped_and_two_different_ones_are_refused():
    sdl = assert_composes(
        a="type Query { n(x: Int = 1): Int @shareable }",
        b="type Query { n(x: Int): Int @shareable }",
    )
    assert "n(x: Int): Int" in shape(sdl, "Query")

    assert_refused(
        "FIELD_ARGUMENT_DEFAULT_MISMATCH",
        a="type Query { n(x: Int = 1): Int @shareable }",
        b="type Query { n(x: Int = 2): Int @shareable }",
    )


def test_equal_defaults_may_be_spelled_differently():
    sdl = assert_composes(
        a='type Query { n(x: [ID] = "1", y: In = {a: 1, b: 2}): Int @shareable } input In { a: Int b: Int }',
        b="type Query { n(x: [ID] = [1], y: In = {b: 2, a: 1}): Int @shareable } input In { a: Int b: Int }",
    )

    assert 'x: [ID] = "1"' in shape(sdl, "Query")


def test_an_enum_that_comes_out_has_all_values():
    sdl = assert_composes(
        a="type Query { a: Color } enum Color { RED }",
        b="type Query { b: Color } enum Color { BLUE }",
    )

    assert shape(sdl, "Color") == "enum Color {\n  RED\n  BLUE\n}"


def test_an_enum_that_goes_in_has_the_common_values():
    sdl = assert_composes(
        a="type Query { a(c: Color): Int } enum Color { RED BLUE }",
        b="type Query { b(c: Color): Int } enum Color { BLUE }",
    )

    assert shape(sdl, "Color") == "enum Color {\n  BLUE\n}"


def test_an_enum_that_goes_both_ways_is_the_same_everywhere():
    message = assert_refused(
        "ENUM_VALUE_MISMATCH",
        a="type Query { a(c: Color): Color } enum Color { RED BLUE }",
        b="type Query { b: Color } enum Color { BLUE }",
    )

    assert '"RED" is defined in subgraph "a" but not in subgraph "b"' in message


def test_an_inaccessible_enum_value_need_not_be_everywhere():
    sdl = assert_composes(
        a="type Query { a(c: Color): Color } enum Color { RED @inaccessible BLUE }",
        b="type Query { b: Color } enum Color { BLUE }",
    )

    assert marks(sdl, "Color.RED") == ["@join__enumValue(graph: A)", "@inaccessible"]


def test_an_enum_that_goes_in_with_nothing_in_common_is_refused():
    assert_refused(
        "EMPTY_MERGED_ENUM_TYPE",
        a="type Query { a(c: Color): Int } enum Color { RED }",
        b="type Query { b(c: Color): Int } enum Color { BLUE }",
    )


def test_unions_have_the_members_of_all_subgraphs():
    sdl = assert_composes(
        a="type Query { a: Thing } union Thing = A type A { x: Int }",
        b="type Query { b: Thing } union Thing = B type B { y: Int }",
    )

    assert marks(sdl, "Thing") == [
        "@join__type(graph: A)",
        "@join__type(graph: B)",
        '@join__unionMember(graph: A, member: "A")',
        '@join__unionMember(graph: B, member: "B")',
    ]


def test_one_name_for_two_kinds_of_type_is_refused():
    message = assert_refused(
        "TYPE_KIND_MISMATCH",
        a="type Query { a: Thing } scalar Thing",
        b="type Query { b: Thing } type Thing { x: Int }",
    )

    assert "Scalar Type in subgraph" in message


def test_the_most_frequent_description_wins():
    sdl = assert_composes(
        a='type Query { v: V @shareable } "one" type V @shareable { x: Int }',
        b='type Query { v: V @shareable } "two" type V @shareable { x: Int }',
        c='type Query { v: V @shareable } "two" type V @shareable { x: Int }',
    )

    assert '"""\ntwo\n"""\ntype V' in sdl


def test_an_empty_description_is_one_where_there_is_no_other():
    sdl = assert_composes(
        a='type Query { x: Int } "" enum A { B } "" enum C { D }', b='"text" enum A { B } enum C { D }'
    )

    assert '"""\ntext\n"""\nenum A' in sdl
    assert '"""\n\n"""\nenum C' in sdl


def test_only_an_object_type_becomes_a_root():
    assert "mutation:" not in assert_composes(a="type Query { x: Mutation } enum Mutation { A }")


def test_a_supergraph_without_queries_is_refused():
    assert_refused("NO_QUERIES", a="type Mutation { a: Int }")


def test_an_extension_of_nothing_is_refused():
    assert_refused("EXTENSION_WITH_NO_BASE", a='type Query { u: User } extend type User @key(fields: "id") { id: ID! }')


def test_root_types_go_by_their_default_names():
    sdl = assert_composes(
        a="schema { query: Q } type Q { a: Int again: Q }",
        b="type Query { b: Int }",
    )

    assert "again: Query" in shape(sdl, "Query")


def test_what_a_clash_of_kinds_leaves_without_an_interface_is_told_alone():
    message = assert_refused(
        "INVALID_GRAPHQL",
        a="type Query { a: Animal } type Animal { age: Int }",
        b="type Query { d: Dog } interface Animal { age: Int } type Dog implements Animal { age: Int }",
    )

    assert message == "Cannot implement non-interface type Animal (of type ObjectType)"


def test_a_union_keeps_its_members_only_while_they_are_objects():
    message = assert_refused(
        "INVALID_GRAPHQL",
        a='type Query { a: B } type B @interfaceObject @key(fields: "id") { id: ID! }',
        b="type Query { u: U } union U = B type B { id: ID! }",
    )

    assert message == "Cannot add non-object type B (of type InterfaceType) as member of union type U"
