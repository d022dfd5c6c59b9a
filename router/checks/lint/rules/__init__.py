"""The lint rules, one module each: `CODE`, `LEVEL`, and `find(graph)`, which answers elements with messages."""
