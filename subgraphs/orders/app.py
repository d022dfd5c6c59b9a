"""Wires orders: settings → database, peers, mails → service → schema."""

from __future__ import annotations

from datetime import timedelta

from chassis.app import Periodic, Subgraph, open_database
from chassis.events import Listener
from chassis.letters import Letters
from chassis.live import live_of
from chassis.metrics import Gauge, figure
from chassis.peers import peer
from chassis.settings import Settings
from chassis.viewer import Viewer

from . import store
from .loaders import Loaders
from .peers import Peers
from .schema import Context, schema
from .service import Cancellations, Carrier, Checkouts, Claims, Fulfilment, Herald, Orders, Refunds, Returns
from .service.carrying import WAITED_FOR
from .service.herald import MAILS
from .service.turns import Turns

SWEEP_S = 15


def subgraph(settings: Settings) -> Subgraph:
    """Orders, ready to serve; nothing connects yet."""
    database = open_database("orders", settings)
    peers = Peers(
        users=peer("users", settings),
        products=peer("products", settings),
        cart=peer("cart", settings),
        inventory=peer("inventory", settings),
        payments=peer("payments", settings),
        hold=timedelta(seconds=settings.checkout_hold_s),
    )
    live = live_of("orders", settings)
    herald = Herald(Letters(MAILS, shop_url=settings.shop_url), live)
    carrier = Carrier(database, peers, herald)
    turns = Turns(
        at_once=settings.checkouts_at_once,
        waiting_max=settings.checkouts_waiting_max,
        # Whoever has waited must still have the time to buy.
        wait_ms=min(settings.checkout_wait_ms, settings.request_timeout_ms // 2),
    )
    checkouts = Checkouts(database, peers, carrier, herald, turns)
    orders, returns = Orders(database), Returns(database, peers, herald)
    cancellations, fulfilment = Cancellations(database, carrier, herald), Fulfilment(database, herald)
    claims, refunds = Claims(database, herald), Refunds(herald)

    def context(viewer: Viewer) -> Context:
        return Context(
            viewer=viewer,
            orders=orders,
            checkouts=checkouts,
            cancellations=cancellations,
            fulfilment=fulfilment,
            returns=returns,
            claims=claims,
            live=live,
            loaders=Loaders(database),
            secret=settings.internal_token.get_secret_value(),
        )

    return Subgraph(
        name="orders",
        schema=schema,
        database=database,
        context=context,
        listens=[
            # An event is heard in this order: these lock the order, the next its checkout, as all do that lock both.
            Listener("payments", "PaymentRefunded", refunds.refunded),
            Listener("payments", "PaymentRefundReversed", refunds.reversed),
            *(Listener("payments", move, carrier.payment_moved) for move in WAITED_FOR),
            Listener("payments", "PaymentRefunded", returns.payment_moved),
            Listener("payments", "PaymentRefundFailed", returns.payment_moved),
            Listener("users", "UserDeleted", claims.forget_person),
        ],
        periodic=[
            Periodic("finish checkouts", every_s=SWEEP_S, call=carrier.finish_stuck),
            Periodic("finish refunds", every_s=SWEEP_S, call=returns.finish_stuck),
            # These two wait by themselves, until payments announce something.
            Periodic("carry on paid checkouts", every_s=0, call=carrier.carry_due),
            Periodic("note refunds", every_s=0, call=returns.refund_due),
        ],
        mails=True,
        gauges=[
            Gauge("ecommerce_orders_total", "Orders.", figure(database, store.count_by_status), label="status"),
            Gauge("orders_unfinished_checkouts", "Checkouts under way.", figure(database, store.count_unfinished)),
            Gauge("orders_checkouts_at_work", "Checkouts let in by this process.", turns.count_at_work),
            Gauge("orders_checkouts_waiting", "Checkouts in this process's line.", turns.count_waiting),
            Gauge("orders_unrefunded_returns", "Refunds under way.", figure(database, store.count_unrefunded)),
        ],
        closes=[peers.close, live.close],
        peers=[peers.users, peers.products, peers.cart, peers.inventory, peers.payments],
    )
