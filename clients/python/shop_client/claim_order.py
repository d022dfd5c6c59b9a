from decimal import Decimal
from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, OrderChargeStatus, OrderStatus, RefusalCode


class ClaimOrder(BaseModel):
    order_claim: Optional[
        Annotated[
            Union[
                "ClaimOrderOrderClaimNotFound",
                "ClaimOrderOrderClaimOrderAlreadyClaimed",
                "ClaimOrderOrderClaimOrderClaimSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="orderClaim")


class ClaimOrderOrderClaimNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ClaimOrderOrderClaimOrderAlreadyClaimed(BaseModel):
    typename__: Literal["OrderAlreadyClaimed"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ClaimOrderOrderClaimOrderClaimSuccess(BaseModel):
    typename__: Literal["OrderClaimSuccess"] = Field(alias="__typename")
    order: "ClaimOrderOrderClaimOrderClaimSuccessOrder"


class ClaimOrderOrderClaimOrderClaimSuccessOrder(BaseModel):
    id: str
    number: str
    status: OrderStatus
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    total: "ClaimOrderOrderClaimOrderClaimSuccessOrderTotal"
    refunded: "ClaimOrderOrderClaimOrderClaimSuccessOrderRefunded"


class ClaimOrderOrderClaimOrderClaimSuccessOrderTotal(BaseModel):
    amount: Decimal
    currency: Currency


class ClaimOrderOrderClaimOrderClaimSuccessOrderRefunded(BaseModel):
    amount: Decimal
    currency: Currency


ClaimOrder.model_rebuild()
ClaimOrderOrderClaimOrderClaimSuccess.model_rebuild()
ClaimOrderOrderClaimOrderClaimSuccessOrder.model_rebuild()
