"""The use-cases of payments: money, ways to pay, and what providers tell."""

from .methods import Methods
from .moments import CRASH_POINTS
from .payments import Authorization, Payments, may_see
from .till import Providers, Till
from .webhooks import Webhooks

__all__ = ["CRASH_POINTS", "Authorization", "Methods", "Payments", "Providers", "Till", "Webhooks", "may_see"]
