from datetime import datetime
from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, OrderChargeStatus, OrderStatus


class OrdersAdmin(BaseModel):
    orders: Optional["OrdersAdminOrders"]


class OrdersAdminOrders(BaseModel):
    edges: list["OrdersAdminOrdersEdges"]
    page_info: "OrdersAdminOrdersPageInfo" = Field(alias="pageInfo")


class OrdersAdminOrdersEdges(BaseModel):
    node: "OrdersAdminOrdersEdgesNode"


class OrdersAdminOrdersEdgesNode(BaseModel):
    id: str
    number: str
    status: OrderStatus
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    total: "OrdersAdminOrdersEdgesNodeTotal"
    refunded: "OrdersAdminOrdersEdgesNodeRefunded"
    created_at: datetime = Field(alias="createdAt")
    email: Optional[str]
    customer: Optional["OrdersAdminOrdersEdgesNodeCustomer"]


class OrdersAdminOrdersEdgesNodeTotal(BaseModel):
    amount: Decimal
    currency: Currency


class OrdersAdminOrdersEdgesNodeRefunded(BaseModel):
    amount: Decimal
    currency: Currency


class OrdersAdminOrdersEdgesNodeCustomer(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")


class OrdersAdminOrdersPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


OrdersAdmin.model_rebuild()
OrdersAdminOrders.model_rebuild()
OrdersAdminOrdersEdges.model_rebuild()
OrdersAdminOrdersEdgesNode.model_rebuild()
