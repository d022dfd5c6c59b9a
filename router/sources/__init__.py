"""Where subgraph schemas come from: supergraph.yaml, the files it names, and subgraphs asked for their SDL."""
