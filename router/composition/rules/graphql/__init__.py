"""INVALID_GRAPHQL: the rules of the GraphQL specification's type system, one concern a file."""
