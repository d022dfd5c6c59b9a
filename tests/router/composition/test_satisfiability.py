"""SATISFIABILITY_ERROR: every query the API allows can be answered; if not, the message shows the smallest that cannot."""

from inline_snapshot import snapshot

from tests.router.composition.vocabulary import assert_composes, assert_refused


def test_a_field_that_no_key_leads_to():
    assert assert_refused(
        "SATISFIABILITY_ERROR",
        a="type Query { user: User @shareable } type User @shareable { id: ID }",
        b="type Query { user: User @shareable } type User @shareable { id: ID } extend type Query { admin: User } "
        "extend type User { secret: String }",
        c="type Query { guest(id: ID!, tags: [String]): User } type User @shareable { id: ID }",
    ) == snapshot(
        """\
The following supergraph API query:
{
  guest(id: "<any id>", tags: []) {
    secret
  }
}
cannot be satisfied by the subgraphs because:
- from subgraph "c":
  - cannot find field "User.secret".
  - cannot move to subgraph "b", which has field "User.secret", because type "User" has no @key defined in subgraph "b".\
"""
    )


def test_a_key_whose_fields_cannot_be_had():
    assert assert_refused(
        "SATISFIABILITY_ERROR",
        a='type Query { user: User } type User @key(fields: "id") { id: ID! }',
        b='type User @key(fields: "email") { email: ID! posts: [Post] } type Post { text: String }',
    ) == snapshot(
        """\
The following supergraph API query:
{
  user {
    email
  }
}
cannot be satisfied by the subgraphs because:
- from subgraph "a":
  - cannot find field "User.email".
  - cannot move to subgraph "b" using @key(fields: "email") of "User", the key field(s) cannot be resolved from subgraph "a".
The following supergraph API query:
{
  user {
    posts {
      ...
    }
  }
}
cannot be satisfied by the subgraphs because:
- from subgraph "a":
  - cannot find field "User.posts".
  - cannot move to subgraph "b" using @key(fields: "email") of "User", the key field(s) cannot be resolved from subgraph "a".\
"""
    )


def test_keys_lead_on_through_other_subgraphs():
    assert_composes(
        a='type Query { user: User } type User @key(fields: "id") { id: ID! }',
        b='type User @key(fields: "email") { email: ID! age: Int }',
        c='type User @key(fields: "id") @key(fields: "email") { id: ID! email: ID! }',
    )


def test_a_key_for_reference_only_leads_nowhere():
    message = assert_refused(
        "SATISFIABILITY_ERROR",
        a='type Query { user: User } type User @key(fields: "id") { id: ID! }',
        b='type User @key(fields: "id", resolvable: false) { id: ID! age: Int }',
    )

    assert 'declared with their "resolvable" argument set to false' in message


def test_a_promise_stands_in_for_a_key():
    user = 'type User @key(fields: "id", resolvable: false) { id: ID! name: String @external }'
    owner = 'type Query { u: User } type User @key(fields: "id", resolvable: false) { id: ID! name: String @shareable }'

    assert_composes(a=owner, b=f'type Query {{ author: User @provides(fields: "name") }} {user}')
    assert_refused(
        "SATISFIABILITY_ERROR",
        a=owner,
        b=f'type Query {{ author: User @provides(fields: "name") editor: User }} {user}',
    )


def test_two_fields_that_require_each_other_never_start():
    both = 'type E @key(fields: "id") {{ id: ID! {0}: Int @requires(fields: "{1}") {1}: Int @external }}'

    message = assert_refused(
        "SATISFIABILITY_ERROR", a=f"type Query {{ e: E }} {both.format('x', 'y')}", b=both.format("y", "x")
    )

    assert 'cannot satisfy @requires conditions on field "E.x"' in message


def test_a_requirement_is_fetched_elsewhere_and_brought_back_by_a_key():
    assert_composes(
        a='type Query { p: P } type P @key(fields: "id") { id: ID! weight: Int @external '
        'shipping: Int @requires(fields: "weight") }',
        b='type P @key(fields: "id") { id: ID! weight: Int }',
    )


def test_every_possible_type_is_asked_after():
    message = assert_refused(
        "SATISFIABILITY_ERROR",
        a="type Query { any: Any } union Any = A | B type A @shareable { x: Int } type B @shareable { x: Int }",
        b="type Query { b: B } type B @shareable { x: Int y: Int }",
    )

    assert "... on B {\n      y" in message


def test_only_what_a_subgraph_may_answer_is_asked_after():
    assert_composes(
        a="type Query { a: Any } union Any = A type A { x: Int }",
        b="type Query { b: Any } union Any = B type B { y: Int }",
    )


def test_hidden_fields_need_not_be_reachable():
    assert_composes(
        a="type Query { a: V } type V @shareable { x: Int }",
        b="type Query { b: V } type V @shareable { x: Int secret: Int @inaccessible }",
    )


def test_mutations_and_subscriptions_are_walked_too():
    message = assert_refused(
        "SATISFIABILITY_ERROR",
        a="type Query { a: Int } type Mutation { make: V } type Subscription { made: V } type V @shareable { x: Int }",
        b="type Query { b: V } type V @shareable { x: Int y: Int }",
    )

    assert "subscription {\n  made" in message


def test_a_progressive_override_is_satisfiable_before_and_after():
    old = 'type Query {{ bill: Bill }} type Bill @key(fields: "id"{0}) {{ id: ID! amount: Int }}'
    new = (
        'type Bill @key(fields: "id"{0}) {{ id: ID! amount: Int @override(from: "old", label: "next") }} '
        "type Query {{ newest: Bill }}"
    )

    assert_composes(old=old.format(""), new=new.format(""))
    message = assert_refused("SATISFIABILITY_ERROR", old=old.format(", resolvable: false"), new=new.format(""))

    assert "newest" in message


def test_nested_keys_are_not_opened_from_within():
    """Other gateways' planners would not ask c for the books' titles in order to enter c by them."""
    assert_refused(
        "SATISFIABILITY_ERROR",
        c='type Book @key(fields: "id") { id: ID! title: String } '
        'type Shelf @key(fields: "books { id title }") { books: [Book!]! best: Book }',
        d='type Query { shelf: Shelf } type Book @key(fields: "id") { id: ID! } '
        'type Shelf @key(fields: "books { id }") { books: [Book!]! }',
    )


def test_who_shares_a_field_answers_it_with_some_of_the_same_types():
    a = "type Query { pet: Pet @shareable } union Pet = Cat type Cat { x: Int }"

    message = assert_refused(
        "SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES",
        a=a,
        b="type Query { pet: Pet @shareable } union Pet = Dog type Dog { y: Int }",
    )
    assert '- in subgraph "a", type "Cat";\n- in subgraph "b", type "Dog".' in message


def test_who_shares_a_field_may_answer_it_with_more_types():
    assert_composes(
        a="type Query { pet: Pet @shareable } union Pet = Cat type Cat @shareable { x: Int }",
        b="type Query { pet: Pet @shareable } union Pet = Cat | Dog type Cat @shareable { x: Int } type Dog { y: Int }",
    )
