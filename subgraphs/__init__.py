"""The shop's domains, one subgraph each. No subgraph imports another: they meet in the graph and in events."""

NAMES = ("users", "products", "inventory", "cart", "orders", "payments", "reviews")
