"""Whole supergraphs, as printed."""

from inline_snapshot import snapshot

from router.composition import Composed, compose
from tests.router.composition.vocabulary import assert_composes, sources

SHOP = {
    "reviews": 'type Review @key(fields: "id") { id: ID! stars: Int @deprecated(reason: "use rating") author: User '
    '@provides(fields: "name") } type User @key(fields: "id") { id: ID! name: String @external reviews: [Review] } '
    'type CatalogItem @interfaceObject @key(fields: "id") { id: ID! rating: Float } type Query { review(id: ID!): Review }',
    "products": '''
        """Something to sell."""
        interface CatalogItem @key(fields: "id") { id: ID! name: String }
        type Product implements CatalogItem @key(fields: "id") {
          id: ID!
          """What people call it."""
          name: String
          cost: Int @inaccessible @tag(name: "internal")
        }
        enum Sort { NEW OLD }
        input Filter { text: String = "all", limit: Int! }
        type Query { products(filter: Filter, sort: Sort = NEW): [Product] }
        ''',
    "users": 'type User @key(fields: "id") { id: ID! name: String @shareable email: String @authenticated } '
    "type Query { me: User }",
}


def test_a_small_shop():
    sdl = assert_composes(**SHOP)

    assert sdl[sdl.index('"""\nSomething') :] == snapshot('''\
"""
Something to sell.
"""
interface CatalogItem
  @join__type(graph: PRODUCTS, key: "id")
  @join__type(graph: REVIEWS, key: "id", isInterfaceObject: true)
{
  id: ID!
  name: String @join__field(graph: PRODUCTS)
  rating: Float @join__field(graph: REVIEWS)
}

input Filter
  @join__type(graph: PRODUCTS)
{
  text: String = "all"
  limit: Int!
}

input join__ContextArgument {
  name: String!
  type: String!
  context: String!
  selection: join__FieldValue!
}

scalar join__DirectiveArguments

scalar join__FieldSet

scalar join__FieldValue

enum join__Graph {
  PRODUCTS @join__graph(name: "products", url: "http://products")
  REVIEWS @join__graph(name: "reviews", url: "http://reviews")
  USERS @join__graph(name: "users", url: "http://users")
}

scalar link__Import

enum link__Purpose {
  """
  `SECURITY` features provide metadata necessary to securely resolve fields.
  """
  SECURITY

  """
  `EXECUTION` features provide metadata necessary for operation execution.
  """
  EXECUTION
}

type Product implements CatalogItem
  @join__implements(graph: PRODUCTS, interface: "CatalogItem")
  @join__type(graph: PRODUCTS, key: "id")
{
  id: ID!

  """
  What people call it.
  """
  name: String
  cost: Int @inaccessible @tag(name: "internal")
  rating: Float @join__field
}

type Query
  @join__type(graph: PRODUCTS)
  @join__type(graph: REVIEWS)
  @join__type(graph: USERS)
{
  products(filter: Filter, sort: Sort = NEW): [Product] @join__field(graph: PRODUCTS)
  review(id: ID!): Review @join__field(graph: REVIEWS)
  me: User @join__field(graph: USERS)
}

type Review
  @join__type(graph: REVIEWS, key: "id")
{
  id: ID!
  stars: Int @deprecated(reason: "use rating")
  author: User @join__field(graph: REVIEWS, provides: "name")
}

enum Sort
  @join__type(graph: PRODUCTS)
{
  NEW @join__enumValue(graph: PRODUCTS)
  OLD @join__enumValue(graph: PRODUCTS)
}

type User
  @join__type(graph: REVIEWS, key: "id")
  @join__type(graph: USERS, key: "id")
{
  id: ID!
  name: String @join__field(graph: REVIEWS, external: true) @join__field(graph: USERS)
  reviews: [Review] @join__field(graph: REVIEWS)
  email: String @join__field(graph: USERS) @authenticated
}
''')
    assert sdl[: sdl.index("directive @join__directive")] == snapshot("""\
schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION)
  @link(url: "https://specs.apollo.dev/tag/v0.3")
  @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)
  @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)
{
  query: Query
}

directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM

directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION

""")


def test_the_order_subgraphs_are_given_in_changes_nothing():
    forth = compose(sources(**SHOP))
    back = compose(sources(**SHOP)[::-1])

    assert isinstance(forth, Composed)
    assert forth == back


def test_graph_names_are_distinct_graphql_names():
    sdl = assert_composes(
        **{
            "my-shop": "type Query { a: Int }",
            "my.shop": "type Query { b: Int }",
            "2nd": "type Query { c: Int }",
            "v_2": "type Query { d: Int }",
        }
    )

    graphs = sdl[sdl.index("enum join__Graph") :].split("}")[0]
    assert graphs == snapshot("""\
enum join__Graph {
  _2ND @join__graph(name: "2nd", url: "http://2nd")
  MY_SHOP_1 @join__graph(name: "my-shop", url: "http://my-shop")
  MY_SHOP_2 @join__graph(name: "my.shop", url: "http://my.shop")
  V_2_ @join__graph(name: "v_2", url: "http://v_2")
""")


def test_awkward_texts_survive():
    sdl = assert_composes(
        a='''
        type Query {
          """
          Quotes \\""" and \\\\ backslashes
            indented
          """
          x(text: String = "tab\\t \\"q\\" \\u00e9 \\\\"): Int @tag(name: "a\\"b\\\\c")
        }
        '''
    )

    assert sdl[sdl.index("type Query") :] == snapshot('''\
type Query
  @join__type(graph: A)
{
  """
  Quotes \\""" and \\\\ backslashes
    indented
  """
  x(text: String = "tab\\t \\"q\\" é \\\\"): Int @tag(name: "a\\"b\\\\c")
}
''')
