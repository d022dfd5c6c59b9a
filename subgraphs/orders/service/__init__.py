"""The use-cases of orders: reading them, the checkout that makes them, and what comes afterwards."""

from .access import may_see
from .agreement import CheckoutRequest
from .cancelling import Cancellations
from .carrying import Carrier
from .checkout import Checkouts, Placed
from .claiming import Claims
from .crash_points import CRASH_POINTS
from .fulfilment import Fulfilment
from .herald import Herald, topic_of
from .reading import Orders
from .refunds import Refunds
from .returns import Returns
from .wishes import Found, Pieces

__all__ = [
    "CRASH_POINTS",
    "Cancellations",
    "Carrier",
    "CheckoutRequest",
    "Checkouts",
    "Claims",
    "Found",
    "Fulfilment",
    "Herald",
    "Orders",
    "Pieces",
    "Placed",
    "Refunds",
    "Returns",
    "may_see",
    "topic_of",
]
