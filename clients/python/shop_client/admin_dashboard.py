from datetime import datetime
from decimal import Decimal
from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, OrderChargeStatus, OrderStatus


class AdminDashboard(BaseModel):
    low_stock: Optional["AdminDashboardLowStock"] = Field(alias="lowStock")
    orders: Optional["AdminDashboardOrders"]
    revenue: Optional["AdminDashboardRevenue"]
    reviews_to_moderate: Optional["AdminDashboardReviewsToModerate"] = Field(
        alias="reviewsToModerate"
    )


class AdminDashboardLowStock(BaseModel):
    edges: list["AdminDashboardLowStockEdges"]


class AdminDashboardLowStockEdges(BaseModel):
    node: "AdminDashboardLowStockEdgesNode"


class AdminDashboardLowStockEdgesNode(BaseModel):
    available: int
    variant: "AdminDashboardLowStockEdgesNodeVariant"
    warehouse: "AdminDashboardLowStockEdgesNodeWarehouse"


class AdminDashboardLowStockEdgesNodeVariant(BaseModel):
    sku: str
    name: str
    product: "AdminDashboardLowStockEdgesNodeVariantProduct"


class AdminDashboardLowStockEdgesNodeVariantProduct(BaseModel):
    id: str
    name: str


class AdminDashboardLowStockEdgesNodeWarehouse(BaseModel):
    id: str
    name: str


class AdminDashboardOrders(BaseModel):
    edges: list["AdminDashboardOrdersEdges"]


class AdminDashboardOrdersEdges(BaseModel):
    node: "AdminDashboardOrdersEdgesNode"


class AdminDashboardOrdersEdgesNode(BaseModel):
    id: str
    number: str
    status: OrderStatus
    created_at: datetime = Field(alias="createdAt")
    total: "AdminDashboardOrdersEdgesNodeTotal"
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    customer: Optional["AdminDashboardOrdersEdgesNodeCustomer"]


class AdminDashboardOrdersEdgesNodeTotal(BaseModel):
    amount: Decimal
    currency: Currency


class AdminDashboardOrdersEdgesNodeCustomer(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")


class AdminDashboardRevenue(BaseModel):
    total: "AdminDashboardRevenueTotal"
    order_count: int = Field(alias="orderCount")


class AdminDashboardRevenueTotal(BaseModel):
    amount: Decimal
    currency: Currency


class AdminDashboardReviewsToModerate(BaseModel):
    edges: list["AdminDashboardReviewsToModerateEdges"]


class AdminDashboardReviewsToModerateEdges(BaseModel):
    node: "AdminDashboardReviewsToModerateEdgesNode"


class AdminDashboardReviewsToModerateEdgesNode(BaseModel):
    id: str
    rating: int
    title: str
    body: str
    author: "AdminDashboardReviewsToModerateEdgesNodeAuthor"
    item: Optional["AdminDashboardReviewsToModerateEdgesNodeItem"]


class AdminDashboardReviewsToModerateEdgesNodeAuthor(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")


class AdminDashboardReviewsToModerateEdgesNodeItem(BaseModel):
    typename__: Literal["Bundle", "CatalogItem", "Product"] = Field(alias="__typename")
    id: str
    name: str


AdminDashboard.model_rebuild()
AdminDashboardLowStock.model_rebuild()
AdminDashboardLowStockEdges.model_rebuild()
AdminDashboardLowStockEdgesNode.model_rebuild()
AdminDashboardLowStockEdgesNodeVariant.model_rebuild()
AdminDashboardOrders.model_rebuild()
AdminDashboardOrdersEdges.model_rebuild()
AdminDashboardOrdersEdgesNode.model_rebuild()
AdminDashboardRevenue.model_rebuild()
AdminDashboardReviewsToModerate.model_rebuild()
AdminDashboardReviewsToModerateEdges.model_rebuild()
AdminDashboardReviewsToModerateEdgesNode.model_rebuild()
