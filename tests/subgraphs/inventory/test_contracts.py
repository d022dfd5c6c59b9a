"""Events between inventory and the catalogue: what one announces is what the other reads."""

from subgraphs.inventory import events as inventory
from subgraphs.products import events as products


def test_inventory_reads_what_the_catalogue_announces() -> None:
    created = products.ProductCreated("prod-1", "slug", "cat-1", "ACTIVE", ["A-1"])
    updated = products.ProductUpdated("prod-1", "slug", "cat-1", "DRAFT", ["A-1", "A-2"], 2)
    deleted = products.ProductDeleted("prod-1", ["A-1"])

    assert inventory.ProductListed.read(created.payload()) == inventory.ProductListed("prod-1", ("A-1",), for_sale=True)
    assert inventory.ProductListed.read(updated.payload()) == inventory.ProductListed(
        "prod-1", ("A-1", "A-2"), for_sale=False
    )
    assert inventory.ProductDeleted.read(deleted.payload()) == inventory.ProductDeleted("prod-1")


def test_the_catalogue_reads_what_inventory_announces() -> None:
    changed = inventory.AvailabilityChanged("A-1", "prod-1", "LOW_STOCK", 4)

    assert products.AvailabilityChanged.of(changed.payload()) == products.AvailabilityChanged("A-1", 4)
