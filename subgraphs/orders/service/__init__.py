"""The use-cases of orders: reading them, and the checkout that makes them."""

from .agreement import CheckoutRequest
from .checkout import Checkouts, Placed
from .reading import Orders, may_see

__all__ = ["CheckoutRequest", "Checkouts", "Orders", "Placed", "may_see"]
