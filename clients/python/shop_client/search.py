from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Availability, Currency


class Search(BaseModel):
    products: "SearchProducts"


class SearchProducts(BaseModel):
    edges: list["SearchProductsEdges"]
    page_info: "SearchProductsPageInfo" = Field(alias="pageInfo")


class SearchProductsEdges(BaseModel):
    node: "SearchProductsEdgesNode"


class SearchProductsEdgesNode(BaseModel):
    id: str
    slug: str
    name: str
    description: str
    in_stock: bool = Field(alias="inStock")
    stock_quantity: int = Field(alias="stockQuantity")
    category: "SearchProductsEdgesNodeCategory"
    rating: "SearchProductsEdgesNodeRating"
    variants: list["SearchProductsEdgesNodeVariants"]


class SearchProductsEdgesNodeCategory(BaseModel):
    id: str
    slug: str
    name: str


class SearchProductsEdgesNodeRating(BaseModel):
    average: Optional[float]
    count: int


class SearchProductsEdgesNodeVariants(BaseModel):
    sku: str
    base_price: "SearchProductsEdgesNodeVariantsBasePrice" = Field(alias="basePrice")
    availability: "SearchProductsEdgesNodeVariantsAvailability"


class SearchProductsEdgesNodeVariantsBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class SearchProductsEdgesNodeVariantsAvailability(BaseModel):
    status: Availability


class SearchProductsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


Search.model_rebuild()
SearchProducts.model_rebuild()
SearchProductsEdges.model_rebuild()
SearchProductsEdgesNode.model_rebuild()
SearchProductsEdgesNodeVariants.model_rebuild()
