"""A federation router: composes subgraphs into one supergraph, plans each operation and answers it as one schema."""
