"""The tables of payments; what a provider's answers may do to them is in `ledger`. Without SQL or network."""

from .payment import AbandonedKey, PayableOrder, Payment, Transaction, WebhookEvent, balance_due, charge_status
from .person import ForgottenMethod, Method, Owner, ProviderCustomer, SavedMethod
from .states import (
    ENDED_UNPAID,
    FINAL,
    TRANSITIONS,
    WAITING,
    Base,
    ChargeStatus,
    IllegalTransition,
    MethodKind,
    Operation,
    Outcome,
    Status,
    words,
)

__all__ = [
    "ENDED_UNPAID",
    "FINAL",
    "TRANSITIONS",
    "WAITING",
    "AbandonedKey",
    "Base",
    "ChargeStatus",
    "ForgottenMethod",
    "IllegalTransition",
    "Method",
    "MethodKind",
    "Operation",
    "Outcome",
    "Owner",
    "PayableOrder",
    "Payment",
    "ProviderCustomer",
    "SavedMethod",
    "Status",
    "Transaction",
    "WebhookEvent",
    "balance_due",
    "charge_status",
    "words",
]
