from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class ChoosePaymentMethod(BaseModel):
    payment_method_make_default: Optional[
        Annotated[
            Union[
                "ChoosePaymentMethodPaymentMethodMakeDefaultNotFound",
                "ChoosePaymentMethodPaymentMethodMakeDefaultPaymentMethodMakeDefaultSuccess",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="paymentMethodMakeDefault")


class ChoosePaymentMethodPaymentMethodMakeDefaultNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class ChoosePaymentMethodPaymentMethodMakeDefaultPaymentMethodMakeDefaultSuccess(
    BaseModel
):
    typename__: Literal["PaymentMethodMakeDefaultSuccess"] = Field(alias="__typename")
    payment_method: Union[
        "ChoosePaymentMethodPaymentMethodMakeDefaultPaymentMethodMakeDefaultSuccessPaymentMethodCardPaymentMethod",
        "ChoosePaymentMethodPaymentMethodMakeDefaultPaymentMethodMakeDefaultSuccessPaymentMethodWalletPaymentMethod",
    ] = Field(alias="paymentMethod", discriminator="typename__")


class ChoosePaymentMethodPaymentMethodMakeDefaultPaymentMethodMakeDefaultSuccessPaymentMethodCardPaymentMethod(
    BaseModel
):
    typename__: Literal["CardPaymentMethod"] = Field(alias="__typename")
    id: Optional[str]
    brand: str
    last_4: str = Field(alias="last4")
    exp_month: Optional[int] = Field(alias="expMonth")
    exp_year: Optional[int] = Field(alias="expYear")
    is_default: bool = Field(alias="isDefault")


class ChoosePaymentMethodPaymentMethodMakeDefaultPaymentMethodMakeDefaultSuccessPaymentMethodWalletPaymentMethod(
    BaseModel
):
    typename__: Literal["WalletPaymentMethod"] = Field(alias="__typename")
    account: Optional[str]
    brand: str
    id: Optional[str]
    is_default: bool = Field(alias="isDefault")


ChoosePaymentMethod.model_rebuild()
ChoosePaymentMethodPaymentMethodMakeDefaultPaymentMethodMakeDefaultSuccess.model_rebuild()
