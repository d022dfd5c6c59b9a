from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, OrderChargeStatus, OrderStatus, RefusalCode


class ShipOrder(BaseModel):
    order_ship: Optional[
        Annotated[
            Union[
                "ShipOrderOrderShipIdempotencyKeyReused",
                "ShipOrderOrderShipInvalidInput",
                "ShipOrderOrderShipNotFound",
                "ShipOrderOrderShipOrderNotPossible",
                "ShipOrderOrderShipOrderShipSuccess",
                "ShipOrderOrderShipQuantityExceeded",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="orderShip")


class ShipOrderOrderShipIdempotencyKeyReused(BaseModel):
    typename__: Literal["IdempotencyKeyReused"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ShipOrderOrderShipInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ShipOrderOrderShipNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ShipOrderOrderShipOrderNotPossible(BaseModel):
    typename__: Literal["OrderNotPossible"] = Field(alias="__typename")
    status: OrderStatus
    code: RefusalCode
    message: str
    field: list[str]


class ShipOrderOrderShipOrderShipSuccess(BaseModel):
    typename__: Literal["OrderShipSuccess"] = Field(alias="__typename")
    order: "ShipOrderOrderShipOrderShipSuccessOrder"
    parcel_id: str = Field(alias="parcelId")


class ShipOrderOrderShipOrderShipSuccessOrder(BaseModel):
    id: str
    number: str
    status: OrderStatus
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    total: "ShipOrderOrderShipOrderShipSuccessOrderTotal"
    refunded: "ShipOrderOrderShipOrderShipSuccessOrderRefunded"


class ShipOrderOrderShipOrderShipSuccessOrderTotal(BaseModel):
    amount: Decimal
    currency: Currency


class ShipOrderOrderShipOrderShipSuccessOrderRefunded(BaseModel):
    amount: Decimal
    currency: Currency


class ShipOrderOrderShipQuantityExceeded(BaseModel):
    typename__: Literal["QuantityExceeded"] = Field(alias="__typename")
    left: int
    line_id: str = Field(alias="lineId")
    code: RefusalCode
    message: str
    field: list[str]


ShipOrder.model_rebuild()
ShipOrderOrderShipOrderShipSuccess.model_rebuild()
ShipOrderOrderShipOrderShipSuccessOrder.model_rebuild()
