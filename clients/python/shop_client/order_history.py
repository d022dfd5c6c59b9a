from datetime import datetime
from decimal import Decimal
from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Availability, Currency, OrderChargeStatus, OrderStatus, PaymentStatus


class OrderHistory(BaseModel):
    me: Optional["OrderHistoryMe"]


class OrderHistoryMe(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")
    cart: Optional["OrderHistoryMeCart"]
    orders: Optional["OrderHistoryMeOrders"]


class OrderHistoryMeCart(BaseModel):
    id: str
    item_count: int = Field(alias="itemCount")


class OrderHistoryMeOrders(BaseModel):
    edges: list["OrderHistoryMeOrdersEdges"]
    page_info: "OrderHistoryMeOrdersPageInfo" = Field(alias="pageInfo")


class OrderHistoryMeOrdersEdges(BaseModel):
    node: "OrderHistoryMeOrdersEdgesNode"


class OrderHistoryMeOrdersEdgesNode(BaseModel):
    id: str
    number: str
    status: OrderStatus
    created_at: datetime = Field(alias="createdAt")
    total: "OrderHistoryMeOrdersEdgesNodeTotal"
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    balance_due: Optional["OrderHistoryMeOrdersEdgesNodeBalanceDue"] = Field(
        alias="balanceDue"
    )
    payments: Optional[list["OrderHistoryMeOrdersEdgesNodePayments"]]
    events: list["OrderHistoryMeOrdersEdgesNodeEvents"]
    lines: list["OrderHistoryMeOrdersEdgesNodeLines"]


class OrderHistoryMeOrdersEdgesNodeTotal(BaseModel):
    amount: Decimal
    currency: Currency


class OrderHistoryMeOrdersEdgesNodeBalanceDue(BaseModel):
    amount: Decimal
    currency: Currency


class OrderHistoryMeOrdersEdgesNodePayments(BaseModel):
    id: str
    status: PaymentStatus
    amount: "OrderHistoryMeOrdersEdgesNodePaymentsAmount"


class OrderHistoryMeOrdersEdgesNodePaymentsAmount(BaseModel):
    amount: Decimal
    currency: Currency


class OrderHistoryMeOrdersEdgesNodeEvents(BaseModel):
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


class OrderHistoryMeOrdersEdgesNodeLines(BaseModel):
    id: str
    sku: str
    name: str
    quantity: int
    unit_price: "OrderHistoryMeOrdersEdgesNodeLinesUnitPrice" = Field(alias="unitPrice")
    line_total: "OrderHistoryMeOrdersEdgesNodeLinesLineTotal" = Field(alias="lineTotal")
    variant: Optional["OrderHistoryMeOrdersEdgesNodeLinesVariant"]


class OrderHistoryMeOrdersEdgesNodeLinesUnitPrice(BaseModel):
    amount: Decimal
    currency: Currency


class OrderHistoryMeOrdersEdgesNodeLinesLineTotal(BaseModel):
    amount: Decimal
    currency: Currency


class OrderHistoryMeOrdersEdgesNodeLinesVariant(BaseModel):
    sku: str
    availability: "OrderHistoryMeOrdersEdgesNodeLinesVariantAvailability"
    product: "OrderHistoryMeOrdersEdgesNodeLinesVariantProduct"


class OrderHistoryMeOrdersEdgesNodeLinesVariantAvailability(BaseModel):
    status: Availability


class OrderHistoryMeOrdersEdgesNodeLinesVariantProduct(BaseModel):
    id: str
    slug: str
    name: str
    rating: "OrderHistoryMeOrdersEdgesNodeLinesVariantProductRating"


class OrderHistoryMeOrdersEdgesNodeLinesVariantProductRating(BaseModel):
    average: Optional[float]
    count: int


class OrderHistoryMeOrdersPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


OrderHistory.model_rebuild()
OrderHistoryMe.model_rebuild()
OrderHistoryMeOrders.model_rebuild()
OrderHistoryMeOrdersEdges.model_rebuild()
OrderHistoryMeOrdersEdgesNode.model_rebuild()
OrderHistoryMeOrdersEdgesNodePayments.model_rebuild()
OrderHistoryMeOrdersEdgesNodeLines.model_rebuild()
OrderHistoryMeOrdersEdgesNodeLinesVariant.model_rebuild()
OrderHistoryMeOrdersEdgesNodeLinesVariantProduct.model_rebuild()
