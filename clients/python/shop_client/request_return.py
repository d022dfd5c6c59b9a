from decimal import Decimal
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, OrderChargeStatus, OrderStatus, RefusalCode


class RequestReturn(BaseModel):
    order_return_request: Union[
        "RequestReturnOrderReturnRequestIdempotencyKeyReused",
        "RequestReturnOrderReturnRequestInvalidInput",
        "RequestReturnOrderReturnRequestNotFound",
        "RequestReturnOrderReturnRequestOrderNotPossible",
        "RequestReturnOrderReturnRequestOrderReturnRequestSuccess",
        "RequestReturnOrderReturnRequestQuantityExceeded",
    ] = Field(alias="orderReturnRequest", discriminator="typename__")


class RequestReturnOrderReturnRequestIdempotencyKeyReused(BaseModel):
    typename__: Literal["IdempotencyKeyReused"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RequestReturnOrderReturnRequestInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RequestReturnOrderReturnRequestNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RequestReturnOrderReturnRequestOrderNotPossible(BaseModel):
    typename__: Literal["OrderNotPossible"] = Field(alias="__typename")
    status: OrderStatus
    code: RefusalCode
    message: str
    field: list[str]


class RequestReturnOrderReturnRequestOrderReturnRequestSuccess(BaseModel):
    typename__: Literal["OrderReturnRequestSuccess"] = Field(alias="__typename")
    order: "RequestReturnOrderReturnRequestOrderReturnRequestSuccessOrder"
    return_id: str = Field(alias="returnId")


class RequestReturnOrderReturnRequestOrderReturnRequestSuccessOrder(BaseModel):
    id: str
    number: str
    status: OrderStatus
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    total: "RequestReturnOrderReturnRequestOrderReturnRequestSuccessOrderTotal"
    refunded: "RequestReturnOrderReturnRequestOrderReturnRequestSuccessOrderRefunded"


class RequestReturnOrderReturnRequestOrderReturnRequestSuccessOrderTotal(BaseModel):
    amount: Decimal
    currency: Currency


class RequestReturnOrderReturnRequestOrderReturnRequestSuccessOrderRefunded(BaseModel):
    amount: Decimal
    currency: Currency


class RequestReturnOrderReturnRequestQuantityExceeded(BaseModel):
    typename__: Literal["QuantityExceeded"] = Field(alias="__typename")
    left: int
    line_id: str = Field(alias="lineId")
    code: RefusalCode
    message: str
    field: list[str]


RequestReturn.model_rebuild()
RequestReturnOrderReturnRequestOrderReturnRequestSuccess.model_rebuild()
RequestReturnOrderReturnRequestOrderReturnRequestSuccessOrder.model_rebuild()
