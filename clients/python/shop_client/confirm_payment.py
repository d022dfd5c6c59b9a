from datetime import datetime
from decimal import Decimal
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, PaymentStatus, RefusalCode


class ConfirmPayment(BaseModel):
    payment_confirm: Union[
        "ConfirmPaymentPaymentConfirmNotFound",
        "ConfirmPaymentPaymentConfirmPaymentConfirmSuccess",
        "ConfirmPaymentPaymentConfirmPaymentNotPossible",
    ] = Field(alias="paymentConfirm", discriminator="typename__")


class ConfirmPaymentPaymentConfirmNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ConfirmPaymentPaymentConfirmPaymentConfirmSuccess(BaseModel):
    typename__: Literal["PaymentConfirmSuccess"] = Field(alias="__typename")
    payment: "ConfirmPaymentPaymentConfirmPaymentConfirmSuccessPayment"


class ConfirmPaymentPaymentConfirmPaymentConfirmSuccessPayment(BaseModel):
    id: str
    status: PaymentStatus
    amount: "ConfirmPaymentPaymentConfirmPaymentConfirmSuccessPaymentAmount"
    authorized: "ConfirmPaymentPaymentConfirmPaymentConfirmSuccessPaymentAuthorized"
    captured: "ConfirmPaymentPaymentConfirmPaymentConfirmSuccessPaymentCaptured"
    refunded: "ConfirmPaymentPaymentConfirmPaymentConfirmSuccessPaymentRefunded"
    action_url: Optional[str] = Field(alias="actionUrl")
    decline_code: Optional[str] = Field(alias="declineCode")
    created_at: datetime = Field(alias="createdAt")


class ConfirmPaymentPaymentConfirmPaymentConfirmSuccessPaymentAmount(BaseModel):
    amount: Decimal
    currency: Currency


class ConfirmPaymentPaymentConfirmPaymentConfirmSuccessPaymentAuthorized(BaseModel):
    amount: Decimal
    currency: Currency


class ConfirmPaymentPaymentConfirmPaymentConfirmSuccessPaymentCaptured(BaseModel):
    amount: Decimal
    currency: Currency


class ConfirmPaymentPaymentConfirmPaymentConfirmSuccessPaymentRefunded(BaseModel):
    amount: Decimal
    currency: Currency


class ConfirmPaymentPaymentConfirmPaymentNotPossible(BaseModel):
    typename__: Literal["PaymentNotPossible"] = Field(alias="__typename")
    reason: str
    code: RefusalCode
    message: str
    field: list[str]


ConfirmPayment.model_rebuild()
ConfirmPaymentPaymentConfirmPaymentConfirmSuccess.model_rebuild()
ConfirmPaymentPaymentConfirmPaymentConfirmSuccessPayment.model_rebuild()
