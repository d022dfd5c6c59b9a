"""A GraphQL schema as plain data: what subgraphs parse to, what merging builds, and what printing prints."""
