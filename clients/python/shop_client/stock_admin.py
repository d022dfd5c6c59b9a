from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class StockAdmin(BaseModel):
    stock_levels: Optional["StockAdminStockLevels"] = Field(alias="stockLevels")
    warehouses: Optional[list["StockAdminWarehouses"]]


class StockAdminStockLevels(BaseModel):
    edges: list["StockAdminStockLevelsEdges"]
    page_info: "StockAdminStockLevelsPageInfo" = Field(alias="pageInfo")


class StockAdminStockLevelsEdges(BaseModel):
    node: "StockAdminStockLevelsEdgesNode"


class StockAdminStockLevelsEdgesNode(BaseModel):
    sku: str
    on_hand: int = Field(alias="onHand")
    held: int
    committed: int
    available: int
    low_stock_threshold: int = Field(alias="lowStockThreshold")
    updated_at: datetime = Field(alias="updatedAt")
    warehouse: "StockAdminStockLevelsEdgesNodeWarehouse"
    variant: "StockAdminStockLevelsEdgesNodeVariant"


class StockAdminStockLevelsEdgesNodeWarehouse(BaseModel):
    id: str
    name: str


class StockAdminStockLevelsEdgesNodeVariant(BaseModel):
    sku: str
    name: str
    product: "StockAdminStockLevelsEdgesNodeVariantProduct"


class StockAdminStockLevelsEdgesNodeVariantProduct(BaseModel):
    id: str
    name: str


class StockAdminStockLevelsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


class StockAdminWarehouses(BaseModel):
    id: str
    name: str
    priority: int


StockAdmin.model_rebuild()
StockAdminStockLevels.model_rebuild()
StockAdminStockLevelsEdges.model_rebuild()
StockAdminStockLevelsEdgesNode.model_rebuild()
StockAdminStockLevelsEdgesNodeVariant.model_rebuild()
