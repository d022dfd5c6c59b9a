from decimal import Decimal
from typing import Any, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Availability, Currency


class VariantPage(BaseModel):
    variant: Optional["VariantPageVariant"]


class VariantPageVariant(BaseModel):
    id: str
    sku: str
    name: str
    base_price: "VariantPageVariantBasePrice" = Field(alias="basePrice")
    attributes: Any
    weight_grams: Optional[int] = Field(alias="weightGrams")
    dimensions: Optional["VariantPageVariantDimensions"]
    is_available: bool = Field(alias="isAvailable")
    availability: "VariantPageVariantAvailability"
    product: "VariantPageVariantProduct"


class VariantPageVariantBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class VariantPageVariantDimensions(BaseModel):
    length_mm: int = Field(alias="lengthMm")
    width_mm: int = Field(alias="widthMm")
    height_mm: int = Field(alias="heightMm")


class VariantPageVariantAvailability(BaseModel):
    status: Availability
    available_quantity: int = Field(alias="availableQuantity")


class VariantPageVariantProduct(BaseModel):
    id: str
    slug: str
    name: str


VariantPage.model_rebuild()
VariantPageVariant.model_rebuild()
