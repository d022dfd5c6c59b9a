from datetime import datetime
from decimal import Decimal
from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, OrderChargeStatus, OrderStatus


class WatchOrder(BaseModel):
    order_updated: Optional["WatchOrderOrderUpdated"] = Field(alias="orderUpdated")


class WatchOrderOrderUpdated(BaseModel):
    id: str
    number: str
    status: OrderStatus
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    total: "WatchOrderOrderUpdatedTotal"
    refunded: "WatchOrderOrderUpdatedRefunded"
    events: list["WatchOrderOrderUpdatedEvents"]


class WatchOrderOrderUpdatedTotal(BaseModel):
    amount: Decimal
    currency: Currency


class WatchOrderOrderUpdatedRefunded(BaseModel):
    amount: Decimal
    currency: Currency


class WatchOrderOrderUpdatedEvents(BaseModel):
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


WatchOrder.model_rebuild()
WatchOrderOrderUpdated.model_rebuild()
