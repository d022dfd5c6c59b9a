from datetime import datetime
from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency, OrderChargeStatus, OrderStatus


class Person(BaseModel):
    user: Optional["PersonUser"]


class PersonUser(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")
    first_name: Optional[str] = Field(alias="firstName")
    last_name: Optional[str] = Field(alias="lastName")
    phone: Optional[str]
    email: Optional[str]
    email_verified: Optional[bool] = Field(alias="emailVerified")
    roles: Optional[list[str]]
    created_at: Optional[datetime] = Field(alias="createdAt")
    addresses: Optional[list["PersonUserAddresses"]]
    orders: Optional["PersonUserOrders"]


class PersonUserAddresses(BaseModel):
    id: str
    name: str
    line_1: str = Field(alias="line1")
    line_2: Optional[str] = Field(alias="line2")
    city: str
    region: Optional[str]
    postal_code: str = Field(alias="postalCode")
    country: str
    phone: Optional[str]
    is_default: bool = Field(alias="isDefault")


class PersonUserOrders(BaseModel):
    edges: list["PersonUserOrdersEdges"]
    page_info: "PersonUserOrdersPageInfo" = Field(alias="pageInfo")


class PersonUserOrdersEdges(BaseModel):
    node: "PersonUserOrdersEdgesNode"


class PersonUserOrdersEdgesNode(BaseModel):
    id: str
    number: str
    status: OrderStatus
    charge_status: Optional[OrderChargeStatus] = Field(alias="chargeStatus")
    total: "PersonUserOrdersEdgesNodeTotal"
    refunded: "PersonUserOrdersEdgesNodeRefunded"
    created_at: datetime = Field(alias="createdAt")


class PersonUserOrdersEdgesNodeTotal(BaseModel):
    amount: Decimal
    currency: Currency


class PersonUserOrdersEdgesNodeRefunded(BaseModel):
    amount: Decimal
    currency: Currency


class PersonUserOrdersPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


Person.model_rebuild()
PersonUser.model_rebuild()
PersonUserOrders.model_rebuild()
PersonUserOrdersEdges.model_rebuild()
PersonUserOrdersEdgesNode.model_rebuild()
