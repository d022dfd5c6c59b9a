from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, OrderChargeStatus, OrderStatus, RefusalCode


class DeliverOrder(BaseModel):
    order_deliver: Optional[
        Annotated[
            Union[
                "DeliverOrderOrderDeliverNotFound",
                "DeliverOrderOrderDeliverOrderDeliverSuccess",
                "DeliverOrderOrderDeliverOrderNotPossible",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="orderDeliver")


class DeliverOrderOrderDeliverNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class DeliverOrderOrderDeliverOrderDeliverSuccess(BaseModel):
    typename__: Literal["OrderDeliverSuccess"] = Field(alias="__typename")
    order: "DeliverOrderOrderDeliverOrderDeliverSuccessOrder"


class DeliverOrderOrderDeliverOrderDeliverSuccessOrder(BaseModel):
    id: str
    number: str
    status: OrderStatus
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    total: "DeliverOrderOrderDeliverOrderDeliverSuccessOrderTotal"
    refunded: "DeliverOrderOrderDeliverOrderDeliverSuccessOrderRefunded"


class DeliverOrderOrderDeliverOrderDeliverSuccessOrderTotal(BaseModel):
    amount: Decimal
    currency: Currency


class DeliverOrderOrderDeliverOrderDeliverSuccessOrderRefunded(BaseModel):
    amount: Decimal
    currency: Currency


class DeliverOrderOrderDeliverOrderNotPossible(BaseModel):
    typename__: Literal["OrderNotPossible"] = Field(alias="__typename")
    status: OrderStatus
    code: RefusalCode
    message: str
    field: list[str]


DeliverOrder.model_rebuild()
DeliverOrderOrderDeliverOrderDeliverSuccess.model_rebuild()
DeliverOrderOrderDeliverOrderDeliverSuccessOrder.model_rebuild()
