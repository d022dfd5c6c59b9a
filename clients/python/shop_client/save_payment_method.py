from typing import Annotated, Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import RefusalCode


class SavePaymentMethod(BaseModel):
    payment_method_save: Optional[
        Annotated[
            Union[
                "SavePaymentMethodPaymentMethodSaveInvalidInput",
                "SavePaymentMethodPaymentMethodSavePaymentMethodDeclined",
                "SavePaymentMethodPaymentMethodSavePaymentMethodSaveSuccess",
                "SavePaymentMethodPaymentMethodSaveTooManyPaymentMethods",
            ],
            Field(discriminator="typename__"),
        ]
    ] = Field(alias="paymentMethodSave")


class SavePaymentMethodPaymentMethodSaveInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class SavePaymentMethodPaymentMethodSavePaymentMethodDeclined(BaseModel):
    typename__: Literal["PaymentMethodDeclined"] = Field(alias="__typename")
    decline_code: str = Field(alias="declineCode")
    code: RefusalCode
    message: str
    field: list[str]


class SavePaymentMethodPaymentMethodSavePaymentMethodSaveSuccess(BaseModel):
    typename__: Literal["PaymentMethodSaveSuccess"] = Field(alias="__typename")
    payment_method: Union[
        "SavePaymentMethodPaymentMethodSavePaymentMethodSaveSuccessPaymentMethodCardPaymentMethod",
        "SavePaymentMethodPaymentMethodSavePaymentMethodSaveSuccessPaymentMethodWalletPaymentMethod",
    ] = Field(alias="paymentMethod", discriminator="typename__")


class SavePaymentMethodPaymentMethodSavePaymentMethodSaveSuccessPaymentMethodCardPaymentMethod(
    BaseModel
):
    typename__: Literal["CardPaymentMethod"] = Field(alias="__typename")
    id: Optional[str]
    brand: str
    last_4: str = Field(alias="last4")
    exp_month: Optional[int] = Field(alias="expMonth")
    exp_year: Optional[int] = Field(alias="expYear")
    is_default: bool = Field(alias="isDefault")


class SavePaymentMethodPaymentMethodSavePaymentMethodSaveSuccessPaymentMethodWalletPaymentMethod(
    BaseModel
):
    typename__: Literal["WalletPaymentMethod"] = Field(alias="__typename")
    account: Optional[str]
    brand: str
    id: Optional[str]
    is_default: bool = Field(alias="isDefault")


class SavePaymentMethodPaymentMethodSaveTooManyPaymentMethods(BaseModel):
    typename__: Literal["TooManyPaymentMethods"] = Field(alias="__typename")
    limit: int
    code: RefusalCode
    message: str
    field: list[str]


SavePaymentMethod.model_rebuild()
SavePaymentMethodPaymentMethodSavePaymentMethodSaveSuccess.model_rebuild()
