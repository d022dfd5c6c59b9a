from decimal import Decimal
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, OrderChargeStatus, OrderStatus, RefusalCode


class CancelOrder(BaseModel):
    order_cancel: Union[
        "CancelOrderOrderCancelInvalidInput",
        "CancelOrderOrderCancelNotFound",
        "CancelOrderOrderCancelOrderCancelSuccess",
        "CancelOrderOrderCancelOrderNotPossible",
    ] = Field(alias="orderCancel", discriminator="typename__")


class CancelOrderOrderCancelInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CancelOrderOrderCancelNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CancelOrderOrderCancelOrderCancelSuccess(BaseModel):
    typename__: Literal["OrderCancelSuccess"] = Field(alias="__typename")
    order: "CancelOrderOrderCancelOrderCancelSuccessOrder"


class CancelOrderOrderCancelOrderCancelSuccessOrder(BaseModel):
    id: str
    number: str
    status: OrderStatus
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    total: "CancelOrderOrderCancelOrderCancelSuccessOrderTotal"
    refunded: "CancelOrderOrderCancelOrderCancelSuccessOrderRefunded"


class CancelOrderOrderCancelOrderCancelSuccessOrderTotal(BaseModel):
    amount: Decimal
    currency: Currency


class CancelOrderOrderCancelOrderCancelSuccessOrderRefunded(BaseModel):
    amount: Decimal
    currency: Currency


class CancelOrderOrderCancelOrderNotPossible(BaseModel):
    typename__: Literal["OrderNotPossible"] = Field(alias="__typename")
    status: OrderStatus
    code: RefusalCode
    message: str
    field: list[str]


CancelOrder.model_rebuild()
CancelOrderOrderCancelOrderCancelSuccess.model_rebuild()
CancelOrderOrderCancelOrderCancelSuccessOrder.model_rebuild()
