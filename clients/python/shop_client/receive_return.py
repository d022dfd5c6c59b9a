from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, OrderChargeStatus, OrderStatus, RefusalCode


class ReceiveReturn(BaseModel):
    order_return_receive: Optional[
        Annotated[
            Union[
                "ReceiveReturnOrderReturnReceiveInvalidInput",
                "ReceiveReturnOrderReturnReceiveNotFound",
                "ReceiveReturnOrderReturnReceiveOrderNotPossible",
                "ReceiveReturnOrderReturnReceiveOrderReturnReceiveSuccess",
                "ReceiveReturnOrderReturnReceiveQuantityExceeded",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="orderReturnReceive")


class ReceiveReturnOrderReturnReceiveInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ReceiveReturnOrderReturnReceiveNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ReceiveReturnOrderReturnReceiveOrderNotPossible(BaseModel):
    typename__: Literal["OrderNotPossible"] = Field(alias="__typename")
    status: OrderStatus
    code: RefusalCode
    message: str
    field: list[str]


class ReceiveReturnOrderReturnReceiveOrderReturnReceiveSuccess(BaseModel):
    typename__: Literal["OrderReturnReceiveSuccess"] = Field(alias="__typename")
    order: "ReceiveReturnOrderReturnReceiveOrderReturnReceiveSuccessOrder"


class ReceiveReturnOrderReturnReceiveOrderReturnReceiveSuccessOrder(BaseModel):
    id: str
    number: str
    status: OrderStatus
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    total: "ReceiveReturnOrderReturnReceiveOrderReturnReceiveSuccessOrderTotal"
    refunded: "ReceiveReturnOrderReturnReceiveOrderReturnReceiveSuccessOrderRefunded"


class ReceiveReturnOrderReturnReceiveOrderReturnReceiveSuccessOrderTotal(BaseModel):
    amount: Decimal
    currency: Currency


class ReceiveReturnOrderReturnReceiveOrderReturnReceiveSuccessOrderRefunded(BaseModel):
    amount: Decimal
    currency: Currency


class ReceiveReturnOrderReturnReceiveQuantityExceeded(BaseModel):
    typename__: Literal["QuantityExceeded"] = Field(alias="__typename")
    left: int
    line_id: str = Field(alias="lineId")
    code: RefusalCode
    message: str
    field: list[str]


ReceiveReturn.model_rebuild()
ReceiveReturnOrderReturnReceiveOrderReturnReceiveSuccess.model_rebuild()
ReceiveReturnOrderReturnReceiveOrderReturnReceiveSuccessOrder.model_rebuild()
