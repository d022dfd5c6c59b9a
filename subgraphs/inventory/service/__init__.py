"""What can be done with stock, one transaction each. The order of locks is told in model.py."""

from .counting import Counting
from .crash_points import CRASH_POINTS
from .dispatch import Dispatch
from .ledger import Ledger, topic_of
from .listing import Listings
from .places import Warehouses
from .reserving import Reservations

__all__ = ["CRASH_POINTS", "Counting", "Dispatch", "Ledger", "Listings", "Reservations", "Warehouses", "topic_of"]
