"""Root fields that several subgraphs share, value types spread over them, and what is reached through a parent only."""

from tests.scenarios.scenario import LINK, Case, Record, Scenario


def _shared() -> list[Record]:
    deep: Record = {"__typename": "Deep", "x": 1, "y": 2, "z": 3}
    category: Record = {
        "__typename": "Category",
        "id": "c1",
        "name": "C",
        "deep": deep,
        "details": {"__typename": "Details"},
    }
    category["details"] |= {"products": 4, "rank": 5}
    product: Record = {"__typename": "Product", "id": "1", "pid": "p1", "name": "P", "price": 3, "category": category}
    category["main"] = product
    site = {"__typename": "Site", "title": "T", "owner": "O", "deep": deep, "product": product}
    return [{"__typename": "Query", "site": site, "product": product, "sites": [site, site]}, product, category]


SCENARIOS = {
    "shared": Scenario(
        subgraphs={
            "a": LINK
            + """
            type Query { site: Site @shareable product: Product @shareable }
            type Site @shareable { title: String deep: Deep product: Product }
            type Deep @shareable { x: Int }
            type Product @key(fields: "id") { id: ID! name: String }
            """,
            "b": LINK
            + """
            type Query { site: Site @shareable product: Product @shareable }
            type Site @shareable { owner: String deep: Deep }
            type Deep @shareable { y: Int z: Int }
            type Product @key(fields: "id") { id: ID! price: Int }
            """,
        },
        records=_shared,
        cases={
            "one subgraph suffices": Case("{ site { title deep { x } } }", fetches=1),
            "the other one suffices": Case("{ site { owner deep { y z } } product { price } }", fetches=1),
            "both are asked at the root": Case("{ site { title owner deep { x y } } }", fetches=2),
            "entities are merged at the root or by key": Case("{ product { name price } }", fetches=2),
            "nothing but a type name": Case("{ site { __typename deep { __typename } } }", fetches=1),
            "two names of one field": Case("{ p: site { title } q: site { owner deep { x } } }", fetches=2),
        },
        random=30,
    ),
    "by the parent": Scenario(
        subgraphs={
            "a": LINK + 'type Query { product: Product }\ntype Product @key(fields: "id pid") { id: ID! pid: ID! }',
            "b": LINK
            + """
            type Product @key(fields: "id pid") { id: ID! pid: ID! category: Category @shareable }
            type Category @shareable { details: Details }
            type Details { products: Int }
            """,
            "c": LINK
            + """
            type Product @key(fields: "id") { id: ID! category: Category @shareable price: Int }
            type Category @shareable { id: ID! name: String }
            """,
        },
        records=_shared,
        cases={
            "a value's field by way of its parent's key": Case("{ product { category { name } } }", fetches=2),
            "spread over two": Case("{ product { category { details { products } name id } } }", fetches=3),
            "with more of the parent": Case("{ product { price category { name } } }", fetches=2),
        },
        random=40,
    ),
    "overridden": Scenario(
        subgraphs=(
            overridden := {
                "a": LINK
                + 'type Query { product: Product }\ntype Product @key(fields: "id") { id: ID! name: String price: Int }',
                "b": LINK
                + 'type Product @key(fields: "id") { id: ID! price: Int @override(from: "a", label: "new")\n'
                + 'stock: Int name: String @override(from: "a") }',
            }
        ),
        records=_shared,
        cases={
            "moved for good": Case("{ product { name } }", fetches=2),
            "not moved yet": Case("{ product { price } }", fetches=1),
        },
    ),
    "overridden by label": Scenario(
        subgraphs=overridden,
        records=_shared,
        labels=frozenset({"new"}),
        cases={
            "moved": Case("{ product { price } }", fetches=2),
            "all from the new place": Case("{ product { name price } }", fetches=2),
        },
    ),
}
