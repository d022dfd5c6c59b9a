"""HTTP on both sides: the server a client talks to, and the client that talks to subgraphs."""
