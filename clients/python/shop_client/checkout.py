from decimal import Decimal
from typing import Literal, Optional, Union

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, OrderChargeStatus, OrderStatus, PaymentStatus, RefusalCode


class Checkout(BaseModel):
    checkout: Union[
        "CheckoutCheckoutCartAlreadyOrdered",
        "CheckoutCheckoutCartChanged",
        "CheckoutCheckoutCartEmpty",
        "CheckoutCheckoutCheckoutBusy",
        "CheckoutCheckoutCheckoutExpired",
        "CheckoutCheckoutCheckoutInterrupted",
        "CheckoutCheckoutCheckoutSuccess",
        "CheckoutCheckoutIdempotencyKeyReused",
        "CheckoutCheckoutInvalidInput",
        "CheckoutCheckoutLinesUnavailable",
        "CheckoutCheckoutNotFound",
        "CheckoutCheckoutPaymentDeclined",
        "CheckoutCheckoutStockUnavailable",
        "CheckoutCheckoutTotalChanged",
    ] = Field(discriminator="typename__")


class CheckoutCheckoutCartAlreadyOrdered(BaseModel):
    typename__: Literal["CartAlreadyOrdered"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CheckoutCheckoutCartChanged(BaseModel):
    typename__: Literal["CartChanged"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CheckoutCheckoutCartEmpty(BaseModel):
    typename__: Literal["CartEmpty"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CheckoutCheckoutCheckoutBusy(BaseModel):
    typename__: Literal["CheckoutBusy"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]
    retry_after_seconds: int = Field(alias="retryAfterSeconds")


class CheckoutCheckoutCheckoutExpired(BaseModel):
    typename__: Literal["CheckoutExpired"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CheckoutCheckoutCheckoutInterrupted(BaseModel):
    typename__: Literal["CheckoutInterrupted"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CheckoutCheckoutCheckoutSuccess(BaseModel):
    typename__: Literal["CheckoutSuccess"] = Field(alias="__typename")
    order: "CheckoutCheckoutCheckoutSuccessOrder"
    payment_action: Optional["CheckoutCheckoutCheckoutSuccessPaymentAction"] = Field(
        alias="paymentAction"
    )


class CheckoutCheckoutCheckoutSuccessOrder(BaseModel):
    id: str
    number: str
    status: OrderStatus
    token: Optional[str]
    total: "CheckoutCheckoutCheckoutSuccessOrderTotal"
    lines: list["CheckoutCheckoutCheckoutSuccessOrderLines"]
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    balance_due: Optional["CheckoutCheckoutCheckoutSuccessOrderBalanceDue"] = Field(
        alias="balanceDue"
    )
    payments: Optional[list["CheckoutCheckoutCheckoutSuccessOrderPayments"]]


class CheckoutCheckoutCheckoutSuccessOrderTotal(BaseModel):
    amount: Decimal
    currency: Currency


class CheckoutCheckoutCheckoutSuccessOrderLines(BaseModel):
    id: str
    sku: str
    name: str
    quantity: int
    line_total: "CheckoutCheckoutCheckoutSuccessOrderLinesLineTotal" = Field(
        alias="lineTotal"
    )


class CheckoutCheckoutCheckoutSuccessOrderLinesLineTotal(BaseModel):
    amount: Decimal
    currency: Currency


class CheckoutCheckoutCheckoutSuccessOrderBalanceDue(BaseModel):
    amount: Decimal
    currency: Currency


class CheckoutCheckoutCheckoutSuccessOrderPayments(BaseModel):
    id: str
    status: PaymentStatus


class CheckoutCheckoutCheckoutSuccessPaymentAction(BaseModel):
    payment_id: str = Field(alias="paymentId")
    url: str


class CheckoutCheckoutIdempotencyKeyReused(BaseModel):
    typename__: Literal["IdempotencyKeyReused"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CheckoutCheckoutInvalidInput(BaseModel):
    typename__: Literal["InvalidInput"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CheckoutCheckoutLinesUnavailable(BaseModel):
    typename__: Literal["LinesUnavailable"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CheckoutCheckoutNotFound(BaseModel):
    typename__: Literal["NotFound"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CheckoutCheckoutPaymentDeclined(BaseModel):
    typename__: Literal["PaymentDeclined"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CheckoutCheckoutStockUnavailable(BaseModel):
    typename__: Literal["StockUnavailable"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


class CheckoutCheckoutTotalChanged(BaseModel):
    typename__: Literal["TotalChanged"] = Field(alias="__typename")
    code: RefusalCode
    message: str
    field: list[str]


Checkout.model_rebuild()
CheckoutCheckoutCheckoutSuccess.model_rebuild()
CheckoutCheckoutCheckoutSuccessOrder.model_rebuild()
CheckoutCheckoutCheckoutSuccessOrderLines.model_rebuild()
