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


class OrderPage(BaseModel):
    order: Optional["OrderPageOrder"]


class OrderPageOrder(BaseModel):
    id: str
    number: str
    status: OrderStatus
    token: Optional[str]
    email: Optional[str]
    created_at: datetime = Field(alias="createdAt")
    confirmed_at: Optional[datetime] = Field(alias="confirmedAt")
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    subtotal: "OrderPageOrderSubtotal"
    shipping: "OrderPageOrderShipping"
    tax: "OrderPageOrderTax"
    discount: "OrderPageOrderDiscount"
    total: "OrderPageOrderTotal"
    balance_due: Optional["OrderPageOrderBalanceDue"] = Field(alias="balanceDue")
    refunded: "OrderPageOrderRefunded"
    shipping_address: "OrderPageOrderShippingAddress" = Field(alias="shippingAddress")
    lines: list["OrderPageOrderLines"]
    parcels: list["OrderPageOrderParcels"]
    returns: list["OrderPageOrderReturns"]
    events: list["OrderPageOrderEvents"]
    payments: Optional[list["OrderPageOrderPayments"]]


class OrderPageOrderSubtotal(BaseModel):
    amount: Decimal
    currency: Currency


class OrderPageOrderShipping(BaseModel):
    amount: Decimal
    currency: Currency


class OrderPageOrderTax(BaseModel):
    amount: Decimal
    currency: Currency


class OrderPageOrderDiscount(BaseModel):
    amount: Decimal
    currency: Currency


class OrderPageOrderTotal(BaseModel):
    amount: Decimal
    currency: Currency


class OrderPageOrderBalanceDue(BaseModel):
    amount: Decimal
    currency: Currency


class OrderPageOrderRefunded(BaseModel):
    amount: Decimal
    currency: Currency


class OrderPageOrderShippingAddress(BaseModel):
    name: str
    line_1: str = Field(alias="line1")
    line_2: Optional[str] = Field(alias="line2")
    city: str
    region: Optional[str]
    postal_code: str = Field(alias="postalCode")
    country: str
    phone: Optional[str]


class OrderPageOrderLines(BaseModel):
    id: str
    sku: str
    name: str
    quantity: int
    unit_price: "OrderPageOrderLinesUnitPrice" = Field(alias="unitPrice")
    line_total: "OrderPageOrderLinesLineTotal" = Field(alias="lineTotal")
    variant: Optional["OrderPageOrderLinesVariant"]


class OrderPageOrderLinesUnitPrice(BaseModel):
    amount: Decimal
    currency: Currency


class OrderPageOrderLinesLineTotal(BaseModel):
    amount: Decimal
    currency: Currency


class OrderPageOrderLinesVariant(BaseModel):
    sku: str
    product: "OrderPageOrderLinesVariantProduct"


class OrderPageOrderLinesVariantProduct(BaseModel):
    id: str
    slug: str
    name: str


class OrderPageOrderParcels(BaseModel):
    id: str
    tracking: Optional[str]
    shipped_at: datetime = Field(alias="shippedAt")
    lines: list["OrderPageOrderParcelsLines"]


class OrderPageOrderParcelsLines(BaseModel):
    quantity: int


class OrderPageOrderReturns(BaseModel):
    id: str
    status: OrderReturnStatus
    reason: str
    note: Optional[str]
    requested_at: datetime = Field(alias="requestedAt")
    closed_at: Optional[datetime] = Field(alias="closedAt")
    refund: "OrderPageOrderReturnsRefund"
    lines: list["OrderPageOrderReturnsLines"]


class OrderPageOrderReturnsRefund(BaseModel):
    amount: Decimal
    currency: Currency


class OrderPageOrderReturnsLines(BaseModel):
    quantity: int
    restocked: int
    scrapped: int


class OrderPageOrderEvents(BaseModel):
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


class OrderPageOrderPayments(BaseModel):
    id: str
    status: PaymentStatus
    amount: "OrderPageOrderPaymentsAmount"
    refunded: "OrderPageOrderPaymentsRefunded"
    action_url: Optional[str] = Field(alias="actionUrl")


class OrderPageOrderPaymentsAmount(BaseModel):
    amount: Decimal
    currency: Currency


class OrderPageOrderPaymentsRefunded(BaseModel):
    amount: Decimal
    currency: Currency


OrderPage.model_rebuild()
OrderPageOrder.model_rebuild()
OrderPageOrderLines.model_rebuild()
OrderPageOrderLinesVariant.model_rebuild()
OrderPageOrderParcels.model_rebuild()
OrderPageOrderReturns.model_rebuild()
OrderPageOrderPayments.model_rebuild()
