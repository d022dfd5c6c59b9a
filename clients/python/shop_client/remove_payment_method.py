from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class RemovePaymentMethod(BaseModel):
    payment_method_remove: Optional[
        Annotated[
            Union[
                "RemovePaymentMethodPaymentMethodRemoveNotFound",
                "RemovePaymentMethodPaymentMethodRemovePaymentMethodRemoveSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="paymentMethodRemove")


class RemovePaymentMethodPaymentMethodRemoveNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class RemovePaymentMethodPaymentMethodRemovePaymentMethodRemoveSuccess(BaseModel):
    typename__: Literal["PaymentMethodRemoveSuccess"] = Field(alias="__typename")
    id: str


RemovePaymentMethod.model_rebuild()
