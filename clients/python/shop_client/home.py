from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency


class Home(BaseModel):
    me: Optional["HomeMe"]
    cart: Optional["HomeCart"]
    categories: list["HomeCategories"]
    products: "HomeProducts"


class HomeMe(BaseModel):
    id: str
    display_name: str = Field(alias="displayName")


class HomeCart(BaseModel):
    id: str
    item_count: int = Field(alias="itemCount")


class HomeCategories(BaseModel):
    id: str
    slug: str
    name: str
    children: list["HomeCategoriesChildren"]


class HomeCategoriesChildren(BaseModel):
    id: str
    slug: str
    name: str


class HomeProducts(BaseModel):
    edges: list["HomeProductsEdges"]
    page_info: "HomeProductsPageInfo" = Field(alias="pageInfo")


class HomeProductsEdges(BaseModel):
    node: "HomeProductsEdgesNode"


class HomeProductsEdgesNode(BaseModel):
    id: str
    slug: str
    name: str
    in_stock: bool = Field(alias="inStock")
    rating: "HomeProductsEdgesNodeRating"
    variants: list["HomeProductsEdgesNodeVariants"]


class HomeProductsEdgesNodeRating(BaseModel):
    average: Optional[float]
    count: int


class HomeProductsEdgesNodeVariants(BaseModel):
    sku: str
    base_price: "HomeProductsEdgesNodeVariantsBasePrice" = Field(alias="basePrice")


class HomeProductsEdgesNodeVariantsBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class HomeProductsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


Home.model_rebuild()
HomeCategories.model_rebuild()
HomeProducts.model_rebuild()
HomeProductsEdges.model_rebuild()
HomeProductsEdgesNode.model_rebuild()
HomeProductsEdgesNodeVariants.model_rebuild()
