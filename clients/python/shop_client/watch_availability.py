from pydantic import Field

from .base_model import BaseModel
from .enums import Availability


class WatchAvailability(BaseModel):
    availability_changed: list["WatchAvailabilityAvailabilityChanged"] = Field(
        alias="availabilityChanged"
    )


class WatchAvailabilityAvailabilityChanged(BaseModel):
    sku: str
    availability: "WatchAvailabilityAvailabilityChangedAvailability"


class WatchAvailabilityAvailabilityChangedAvailability(BaseModel):
    status: Availability
    available_quantity: int = Field(alias="availableQuantity")


WatchAvailability.model_rebuild()
WatchAvailabilityAvailabilityChanged.model_rebuild()
