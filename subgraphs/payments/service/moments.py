"""The places where a test may kill payments: before and after each call of a provider, and after each commit."""

from __future__ import annotations

from typing import Final

CRASH_POINTS: Final = (
    "payments.authorize.opened",  # the charge has a name at the provider, nothing is written here
    "payments.authorize.requested",  # written down, the provider was not asked
    "payments.authorize.answered",  # the provider has answered, nothing says so here
    "payments.authorize.recorded",  # written down, the caller does not know
    "payments.confirm.answered",  # the challenge was answered, nothing says so here
    "payments.capture.requested",
    "payments.capture.answered",
    "payments.capture.recorded",
    "payments.void.requested",
    "payments.void.answered",
    "payments.void.recorded",
    "payments.refund.requested",
    "payments.refund.answered",
    "payments.refund.recorded",
    "payments.settle.answered",  # the provider told how a charge stands, nothing says so here
    "payments.settle.recorded",
    "payments.webhook.received",  # found genuine, not stored
    "payments.webhook.stored",  # stored, not acknowledged
    "payments.webhook.taken",  # taken from the queue, nothing done
    "payments.webhook.settled",  # had its effect, still counts as waiting
)
