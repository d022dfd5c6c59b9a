from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, PaymentStatus, RefusalCode


class RefundPayment(BaseModel):
    payment_refund: Optional[
        Annotated[
            Union[
                "RefundPaymentPaymentRefundIdempotencyKeyReused",
                "RefundPaymentPaymentRefundInvalidInput",
                "RefundPaymentPaymentRefundNotFound",
                "RefundPaymentPaymentRefundPaymentNotPossible",
                "RefundPaymentPaymentRefundPaymentRefundSuccess",
                "RefundPaymentPaymentRefundRefundExceedsCharge",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="paymentRefund")


class RefundPaymentPaymentRefundIdempotencyKeyReused(BaseModel):
    typename__: Literal["IdempotencyKeyReused"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RefundPaymentPaymentRefundInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RefundPaymentPaymentRefundNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RefundPaymentPaymentRefundPaymentNotPossible(BaseModel):
    typename__: Literal["PaymentNotPossible"] = Field(alias="__typename")
    reason: str
    code: RefusalCode
    message: str
    field: list[str]


class RefundPaymentPaymentRefundPaymentRefundSuccess(BaseModel):
    typename__: Literal["PaymentRefundSuccess"] = Field(alias="__typename")
    payment: "RefundPaymentPaymentRefundPaymentRefundSuccessPayment"


class RefundPaymentPaymentRefundPaymentRefundSuccessPayment(BaseModel):
    id: str
    status: PaymentStatus
    amount: "RefundPaymentPaymentRefundPaymentRefundSuccessPaymentAmount"
    authorized: "RefundPaymentPaymentRefundPaymentRefundSuccessPaymentAuthorized"
    captured: "RefundPaymentPaymentRefundPaymentRefundSuccessPaymentCaptured"
    refunded: "RefundPaymentPaymentRefundPaymentRefundSuccessPaymentRefunded"
    action_url: Optional[str] = Field(alias="actionUrl")
    decline_code: Optional[str] = Field(alias="declineCode")
    created_at: datetime = Field(alias="createdAt")


class RefundPaymentPaymentRefundPaymentRefundSuccessPaymentAmount(BaseModel):
    amount: Decimal
    currency: Currency


class RefundPaymentPaymentRefundPaymentRefundSuccessPaymentAuthorized(BaseModel):
    amount: Decimal
    currency: Currency


class RefundPaymentPaymentRefundPaymentRefundSuccessPaymentCaptured(BaseModel):
    amount: Decimal
    currency: Currency


class RefundPaymentPaymentRefundPaymentRefundSuccessPaymentRefunded(BaseModel):
    amount: Decimal
    currency: Currency


class RefundPaymentPaymentRefundRefundExceedsCharge(BaseModel):
    typename__: Literal["RefundExceedsCharge"] = Field(alias="__typename")
    refundable: "RefundPaymentPaymentRefundRefundExceedsChargeRefundable"
    code: RefusalCode
    message: str
    field: list[str]


class RefundPaymentPaymentRefundRefundExceedsChargeRefundable(BaseModel):
    amount: Decimal
    currency: Currency


RefundPayment.model_rebuild()
RefundPaymentPaymentRefundPaymentRefundSuccess.model_rebuild()
RefundPaymentPaymentRefundPaymentRefundSuccessPayment.model_rebuild()
RefundPaymentPaymentRefundRefundExceedsCharge.model_rebuild()
