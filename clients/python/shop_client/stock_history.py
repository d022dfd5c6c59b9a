from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import StockMovementKind


class StockHistory(BaseModel):
    stock_movements: Optional["StockHistoryStockMovements"] = Field(
        alias="stockMovements"
    )


class StockHistoryStockMovements(BaseModel):
    edges: list["StockHistoryStockMovementsEdges"]
    page_info: "StockHistoryStockMovementsPageInfo" = Field(alias="pageInfo")


class StockHistoryStockMovementsEdges(BaseModel):
    node: "StockHistoryStockMovementsEdgesNode"


class StockHistoryStockMovementsEdgesNode(BaseModel):
    actor_id: Optional[str] = Field(alias="actorId")
    at: datetime
    cause_id: Optional[str] = Field(alias="causeId")
    committed: int
    held: int
    id: str
    kind: StockMovementKind
    on_hand: int = Field(alias="onHand")
    reason: Optional[str]
    reservation_id: Optional[str] = Field(alias="reservationId")
    sku: str
    warehouse: "StockHistoryStockMovementsEdgesNodeWarehouse"


class StockHistoryStockMovementsEdgesNodeWarehouse(BaseModel):
    id: str
    name: str


class StockHistoryStockMovementsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


StockHistory.model_rebuild()
StockHistoryStockMovements.model_rebuild()
StockHistoryStockMovementsEdges.model_rebuild()
StockHistoryStockMovementsEdgesNode.model_rebuild()
