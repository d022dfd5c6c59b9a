"""Events that reviews listens to: what orders and users announce is what it reads."""

from chassis.money import Amount
from subgraphs.orders import events as orders
from subgraphs.reviews import events as reviews
from subgraphs.users import events as users


def test_reviews_reads_what_orders_announces() -> None:
    lines = [orders.BoughtLine("A-1", "prod-2", 1), orders.BoughtLine("A-2", "prod-1", 3)]
    for customer in ("user-1", None):
        confirmed = orders.OrderConfirmed("order-1", customer, "cart-1", Amount(100), lines, 1)

        read = reviews.Bought.read(confirmed.payload())

        assert read == reviews.Bought("order-1", customer, ("prod-1", "prod-2"))


def test_reviews_reads_what_users_announces() -> None:
    for announced in (users.UserRegistered("user-1", "Ada L."), users.UserRenamed("user-1", "Ada L.")):
        assert reviews.PersonNamed.of(announced.payload()) == reviews.PersonNamed("user-1", "Ada L.")
