from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import ReservationStatus


class StockReservation(BaseModel):
    reservation: Optional["StockReservationReservation"]


class StockReservationReservation(BaseModel):
    id: str
    key: str
    status: ReservationStatus
    created_at: datetime = Field(alias="createdAt")
    expires_at: datetime = Field(alias="expiresAt")
    lines: list["StockReservationReservationLines"]


class StockReservationReservationLines(BaseModel):
    sku: str
    quantity: int
    warehouse_id: str = Field(alias="warehouseId")


StockReservation.model_rebuild()
StockReservationReservation.model_rebuild()
