"""A small supergraph, as Apollo's composer writes them."""

SUPERGRAPH = '''
schema
  @link(url: "https://specs.apollo.dev/link/v1.0")
  @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION)
  @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)
  @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)
  @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", for: SECURITY, as: "scopes")
{
  query: Query
}

directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | ENUM_VALUE
directive @authenticated on FIELD_DEFINITION | OBJECT
directive @scopes(scopes: [[String!]!]!) on FIELD_DEFINITION
directive @trace(level: Int) on FIELD
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean, overrideLabel: String) repeatable on FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR

scalar join__FieldSet

enum join__Graph {
  A @join__graph(name: "a", url: "http://a")
  B @join__graph(name: "b", url: "http://b")
}

type Query @join__type(graph: A) @join__type(graph: B) {
  t(hint: Mood @inaccessible, first: Int): T @join__field(graph: A)
}

"""A thing"""
type T @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {
  id: ID!
  name: String @join__field(graph: B)
  secret: String @join__field(graph: A) @inaccessible
  mood: Mood @join__field(graph: A, type: "Mood!") @authenticated
  salary: Int @join__field(graph: B) @scopes(scopes: [["read", "pay"], ["admin"]]) @deprecated(reason: "ask less")
}

type Hidden @join__type(graph: A) @inaccessible { x: Int }

enum Mood @join__type(graph: A) {
  GOOD @join__enumValue(graph: A)
  ODD @join__enumValue(graph: A) @inaccessible
}
'''
