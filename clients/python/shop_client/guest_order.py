from datetime import datetime
from decimal import Decimal
from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    Currency,
    OrderChargeStatus,
    OrderReturnStatus,
    OrderStatus,
    PaymentStatus,
)


class GuestOrder(BaseModel):
    order_by_token: Optional["GuestOrderOrderByToken"] = Field(alias="orderByToken")


class GuestOrderOrderByToken(BaseModel):
    id: str
    number: str
    status: OrderStatus
    token: Optional[str]
    email: Optional[str]
    created_at: datetime = Field(alias="createdAt")
    confirmed_at: Optional[datetime] = Field(alias="confirmedAt")
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    subtotal: "GuestOrderOrderByTokenSubtotal"
    shipping: "GuestOrderOrderByTokenShipping"
    tax: "GuestOrderOrderByTokenTax"
    discount: "GuestOrderOrderByTokenDiscount"
    total: "GuestOrderOrderByTokenTotal"
    balance_due: Optional["GuestOrderOrderByTokenBalanceDue"] = Field(
        alias="balanceDue"
    )
    refunded: "GuestOrderOrderByTokenRefunded"
    shipping_address: "GuestOrderOrderByTokenShippingAddress" = Field(
        alias="shippingAddress"
    )
    lines: list["GuestOrderOrderByTokenLines"]
    parcels: list["GuestOrderOrderByTokenParcels"]
    returns: list["GuestOrderOrderByTokenReturns"]
    events: list["GuestOrderOrderByTokenEvents"]
    payments: Optional[list["GuestOrderOrderByTokenPayments"]]


class GuestOrderOrderByTokenSubtotal(BaseModel):
    amount: Decimal
    currency: Currency


class GuestOrderOrderByTokenShipping(BaseModel):
    amount: Decimal
    currency: Currency


class GuestOrderOrderByTokenTax(BaseModel):
    amount: Decimal
    currency: Currency


class GuestOrderOrderByTokenDiscount(BaseModel):
    amount: Decimal
    currency: Currency


class GuestOrderOrderByTokenTotal(BaseModel):
    amount: Decimal
    currency: Currency


class GuestOrderOrderByTokenBalanceDue(BaseModel):
    amount: Decimal
    currency: Currency


class GuestOrderOrderByTokenRefunded(BaseModel):
    amount: Decimal
    currency: Currency


class GuestOrderOrderByTokenShippingAddress(BaseModel):
    name: str
    line_1: str = Field(alias="line1")
    line_2: Optional[str] = Field(alias="line2")
    city: str
    region: Optional[str]
    postal_code: str = Field(alias="postalCode")
    country: str
    phone: Optional[str]


class GuestOrderOrderByTokenLines(BaseModel):
    id: str
    sku: str
    name: str
    quantity: int
    unit_price: "GuestOrderOrderByTokenLinesUnitPrice" = Field(alias="unitPrice")
    line_total: "GuestOrderOrderByTokenLinesLineTotal" = Field(alias="lineTotal")
    variant: Optional["GuestOrderOrderByTokenLinesVariant"]


class GuestOrderOrderByTokenLinesUnitPrice(BaseModel):
    amount: Decimal
    currency: Currency


class GuestOrderOrderByTokenLinesLineTotal(BaseModel):
    amount: Decimal
    currency: Currency


class GuestOrderOrderByTokenLinesVariant(BaseModel):
    sku: str
    product: "GuestOrderOrderByTokenLinesVariantProduct"


class GuestOrderOrderByTokenLinesVariantProduct(BaseModel):
    id: str
    slug: str
    name: str


class GuestOrderOrderByTokenParcels(BaseModel):
    id: str
    tracking: Optional[str]
    shipped_at: datetime = Field(alias="shippedAt")
    lines: list["GuestOrderOrderByTokenParcelsLines"]


class GuestOrderOrderByTokenParcelsLines(BaseModel):
    quantity: int


class GuestOrderOrderByTokenReturns(BaseModel):
    id: str
    status: OrderReturnStatus
    reason: str
    note: Optional[str]
    requested_at: datetime = Field(alias="requestedAt")
    closed_at: Optional[datetime] = Field(alias="closedAt")
    refund: "GuestOrderOrderByTokenReturnsRefund"
    lines: list["GuestOrderOrderByTokenReturnsLines"]


class GuestOrderOrderByTokenReturnsRefund(BaseModel):
    amount: Decimal
    currency: Currency


class GuestOrderOrderByTokenReturnsLines(BaseModel):
    quantity: int
    restocked: int
    scrapped: int


class GuestOrderOrderByTokenEvents(BaseModel):
    typename__: Literal[
        "OrderCancelled",
        "OrderConfirmed",
        "OrderDelivered",
        "OrderEvent",
        "OrderExpired",
        "OrderFailed",
        "OrderPaymentRequested",
        "OrderPlaced",
        "OrderRefundReversed",
        "OrderRefunded",
        "OrderReturnDeclined",
        "OrderReturnRequested",
        "OrderReturned",
        "OrderReviewOpened",
        "OrderShipped",
        "OrderStockReserved",
    ] = Field(alias="__typename")
    sequence: int
    occurred_at: datetime = Field(alias="occurredAt")
    message: str


class GuestOrderOrderByTokenPayments(BaseModel):
    id: str
    status: PaymentStatus
    amount: "GuestOrderOrderByTokenPaymentsAmount"
    refunded: "GuestOrderOrderByTokenPaymentsRefunded"
    action_url: Optional[str] = Field(alias="actionUrl")


class GuestOrderOrderByTokenPaymentsAmount(BaseModel):
    amount: Decimal
    currency: Currency


class GuestOrderOrderByTokenPaymentsRefunded(BaseModel):
    amount: Decimal
    currency: Currency


GuestOrder.model_rebuild()
GuestOrderOrderByToken.model_rebuild()
GuestOrderOrderByTokenLines.model_rebuild()
GuestOrderOrderByTokenLinesVariant.model_rebuild()
GuestOrderOrderByTokenParcels.model_rebuild()
GuestOrderOrderByTokenReturns.model_rebuild()
GuestOrderOrderByTokenPayments.model_rebuild()
