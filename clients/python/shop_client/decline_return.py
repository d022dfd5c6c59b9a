from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, OrderChargeStatus, OrderStatus, RefusalCode


class DeclineReturn(BaseModel):
    order_return_decline: Optional[
        Annotated[
            Union[
                "DeclineReturnOrderReturnDeclineInvalidInput",
                "DeclineReturnOrderReturnDeclineNotFound",
                "DeclineReturnOrderReturnDeclineOrderNotPossible",
                "DeclineReturnOrderReturnDeclineOrderReturnDeclineSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="orderReturnDecline")


class DeclineReturnOrderReturnDeclineInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class DeclineReturnOrderReturnDeclineNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class DeclineReturnOrderReturnDeclineOrderNotPossible(BaseModel):
    typename__: Literal["OrderNotPossible"] = Field(alias="__typename")
    status: OrderStatus
    code: RefusalCode
    message: str
    field: list[str]


class DeclineReturnOrderReturnDeclineOrderReturnDeclineSuccess(BaseModel):
    typename__: Literal["OrderReturnDeclineSuccess"] = Field(alias="__typename")
    order: "DeclineReturnOrderReturnDeclineOrderReturnDeclineSuccessOrder"


class DeclineReturnOrderReturnDeclineOrderReturnDeclineSuccessOrder(BaseModel):
    id: str
    number: str
    status: OrderStatus
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    total: "DeclineReturnOrderReturnDeclineOrderReturnDeclineSuccessOrderTotal"
    refunded: "DeclineReturnOrderReturnDeclineOrderReturnDeclineSuccessOrderRefunded"


class DeclineReturnOrderReturnDeclineOrderReturnDeclineSuccessOrderTotal(BaseModel):
    amount: Decimal
    currency: Currency


class DeclineReturnOrderReturnDeclineOrderReturnDeclineSuccessOrderRefunded(BaseModel):
    amount: Decimal
    currency: Currency


DeclineReturn.model_rebuild()
DeclineReturnOrderReturnDeclineOrderReturnDeclineSuccess.model_rebuild()
DeclineReturnOrderReturnDeclineOrderReturnDeclineSuccessOrder.model_rebuild()
