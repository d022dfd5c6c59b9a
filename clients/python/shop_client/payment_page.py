from datetime import datetime
from decimal import Decimal
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    Currency,
    OrderStatus,
    PaymentStatus,
    TransactionKind,
    TransactionOutcome,
)


class PaymentPage(BaseModel):
    payment: Optional["PaymentPagePayment"]


class PaymentPagePayment(BaseModel):
    id: str
    status: PaymentStatus
    amount: "PaymentPagePaymentAmount"
    authorized: "PaymentPagePaymentAuthorized"
    captured: "PaymentPagePaymentCaptured"
    refunded: "PaymentPagePaymentRefunded"
    action_url: Optional[str] = Field(alias="actionUrl")
    decline_code: Optional[str] = Field(alias="declineCode")
    created_at: datetime = Field(alias="createdAt")
    method: Union[
        "PaymentPagePaymentMethodCardPaymentMethod",
        "PaymentPagePaymentMethodWalletPaymentMethod",
    ] = Field(discriminator="typename__")
    order: "PaymentPagePaymentOrder"
    transactions: list["PaymentPagePaymentTransactions"]


class PaymentPagePaymentAmount(BaseModel):
    amount: Decimal
    currency: Currency


class PaymentPagePaymentAuthorized(BaseModel):
    amount: Decimal
    currency: Currency


class PaymentPagePaymentCaptured(BaseModel):
    amount: Decimal
    currency: Currency


class PaymentPagePaymentRefunded(BaseModel):
    amount: Decimal
    currency: Currency


class PaymentPagePaymentMethodCardPaymentMethod(BaseModel):
    typename__: Literal["CardPaymentMethod"] = Field(alias="__typename")
    id: Optional[str]
    brand: str
    last_4: str = Field(alias="last4")
    exp_month: Optional[int] = Field(alias="expMonth")
    exp_year: Optional[int] = Field(alias="expYear")
    is_default: bool = Field(alias="isDefault")


class PaymentPagePaymentMethodWalletPaymentMethod(BaseModel):
    typename__: Literal["WalletPaymentMethod"] = Field(alias="__typename")
    account: Optional[str]
    brand: str
    id: Optional[str]
    is_default: bool = Field(alias="isDefault")


class PaymentPagePaymentOrder(BaseModel):
    id: str
    number: str
    status: OrderStatus


class PaymentPagePaymentTransactions(BaseModel):
    sequence: int
    kind: TransactionKind
    outcome: TransactionOutcome
    code: Optional[str]
    occurred_at: datetime = Field(alias="occurredAt")
    amount: "PaymentPagePaymentTransactionsAmount"


class PaymentPagePaymentTransactionsAmount(BaseModel):
    amount: Decimal
    currency: Currency


PaymentPage.model_rebuild()
PaymentPagePayment.model_rebuild()
PaymentPagePaymentTransactions.model_rebuild()
