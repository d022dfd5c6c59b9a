from decimal import Decimal
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import Currency


class Bundles(BaseModel):
    bundles: "BundlesBundles"


class BundlesBundles(BaseModel):
    edges: list["BundlesBundlesEdges"]
    page_info: "BundlesBundlesPageInfo" = Field(alias="pageInfo")


class BundlesBundlesEdges(BaseModel):
    node: "BundlesBundlesEdgesNode"


class BundlesBundlesEdgesNode(BaseModel):
    id: str
    slug: str
    name: str
    base_price: Optional["BundlesBundlesEdgesNodeBasePrice"] = Field(alias="basePrice")
    rating: "BundlesBundlesEdgesNodeRating"


class BundlesBundlesEdgesNodeBasePrice(BaseModel):
    amount: Decimal
    currency: Currency


class BundlesBundlesEdgesNodeRating(BaseModel):
    average: Optional[float]
    count: int


class BundlesBundlesPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


Bundles.model_rebuild()
BundlesBundles.model_rebuild()
BundlesBundlesEdges.model_rebuild()
BundlesBundlesEdgesNode.model_rebuild()
