from datetime import datetime
from decimal import Decimal
from typing import Any, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import AttributeKind, Currency, OrderStatus, ProductStatus, ReviewDecision


class AddressInput(BaseModel):
    """An address as somebody types it; country is an ISO 3166-1 code of two letters."""

    city: str
    country: str
    line_1: str = Field(alias="line1")
    line_2: Optional[str] = Field(alias="line2", default=None)
    name: str
    phone: Optional[str] = None
    postal_code: str = Field(alias="postalCode")
    region: Optional[str] = None


class AttributeDefinitionInput(BaseModel):
    """An attribute that products of a type, or each of their variants, may carry."""

    choices: list[str] = Field(default_factory=lambda: [])
    kind: AttributeKind
    name: str
    of_variant: bool = Field(alias="ofVariant", default=False)
    required: bool = False
    unit: Optional[str] = None


class AttributeFilter(BaseModel):
    """Products that have any of these values for an attribute."""

    name: str
    values: list[str]


class BundleCreateInput(BaseModel):
    """A new bundle."""

    description: str = ""
    items: list["BundleItemInput"]
    name: str
    slug: str
    status: ProductStatus = ProductStatus.DRAFT


class BundleItemInput(BaseModel):
    """So many of one variant that is for sale."""

    quantity: int = 1
    sku: str


class BundleUpdateInput(BaseModel):
    """The bundle as it shall be. `version` is the one it was read at."""

    description: str = ""
    id: str
    items: list["BundleItemInput"]
    name: str
    slug: str
    status: ProductStatus = ProductStatus.DRAFT
    version: int


class CardInput(BaseModel):
    """A card as its holder types it; never stored."""

    cvc: str
    exp_month: int = Field(alias="expMonth")
    exp_year: int = Field(alias="expYear")
    holder: Optional[str] = None
    number: str


class CategoryCreateInput(BaseModel):
    """A new category; a root of the tree without a parent."""

    description: str = ""
    name: str
    parent_id: Optional[str] = Field(alias="parentId", default=None)
    position: int = 0
    slug: str


class CategoryUpdateInput(BaseModel):
    """The category as it shall be. `version` is the one it was read at."""

    description: str = ""
    id: str
    name: str
    position: int = 0
    slug: str
    version: int


class CheckoutInput(BaseModel):
    """What is bought, what it is agreed to cost, where it goes and how it is paid."""

    cart_id: str = Field(alias="cartId")
    cart_version: Optional[int] = Field(alias="cartVersion", default=None)
    email: Optional[str] = None
    "Needed of guests; customers have one."
    expected_total: "MoneyInput" = Field(alias="expectedTotal")
    payment: "PaymentInput"
    shipping_address: Optional["ShippingAddressInput"] = Field(
        alias="shippingAddress", default=None
    )
    "Where it goes, unless `shippingAddressId` says so."
    shipping_address_id: Optional[str] = Field(alias="shippingAddressId", default=None)
    "One of User.addresses, as it is when the order is placed; for who is signed in."


class DimensionsInput(BaseModel):
    """The size of a parcel that holds one, in millimetres."""

    height_mm: int = Field(alias="heightMm")
    length_mm: int = Field(alias="lengthMm")
    width_mm: int = Field(alias="widthMm")


class ImageAttachInput(BaseModel):
    """The file that was sent becomes a picture of the product."""

    alt_text: str = Field(alias="altText")
    product_id: str = Field(alias="productId")
    upload_id: str = Field(alias="uploadId")


class ImageUpdateInput(BaseModel):
    """What a picture shows, in words, for who cannot see it."""

    alt_text: str = Field(alias="altText")
    id: str


class ImageUploadCreateInput(BaseModel):
    """A file that is about to be sent: a JPEG, PNG or WebP picture of so many bytes."""

    bytes_: int = Field(alias="bytes")
    content_type: str = Field(alias="contentType")
    file_name: str = Field(alias="fileName")
    product_id: str = Field(alias="productId")


class ImagesArrangeInput(BaseModel):
    """All of a product's pictures in the order they shall stand in."""

    image_ids: list[str] = Field(alias="imageIds")
    product_id: str = Field(alias="productId")


class MoneyInput(BaseModel):
    """An amount of money to compare with; never a price to charge."""

    amount: Decimal
    currency: Currency


class OrderFilter(BaseModel):
    """Which orders to list; what is left out does not matter. Times are [placedFrom, placedTo)."""

    customer_id: Optional[str] = Field(alias="customerId", default=None)
    email: Optional[str] = None
    number: Optional[str] = None
    placed_from: Optional[datetime] = Field(alias="placedFrom", default=None)
    placed_to: Optional[datetime] = Field(alias="placedTo", default=None)
    statuses: Optional[list[OrderStatus]] = None


class OrderInspectionInput(BaseModel):
    """What the inspection accepted of a returned line; the rest was not accepted."""

    line_id: str = Field(alias="lineId")
    restock: int
    scrap: int


class OrderPiecesInput(BaseModel):
    """So many pieces of one of an order's lines."""

    line_id: str = Field(alias="lineId")
    quantity: int


class PaymentInput(BaseModel):
    """How to pay: exactly one of `card`, `savedMethodId` and `paymentMethodId`."""

    card: Optional["CardInput"] = None
    payment_method_id: Optional[str] = Field(alias="paymentMethodId", default=None)
    "A token made by the payment provider's own form in the browser."
    save: bool = False
    "Keep it among User.paymentMethods once it was charged; for customers who are signed in."
    saved_method_id: Optional[str] = Field(alias="savedMethodId", default=None)


class PaymentMethodSaveInput(BaseModel):
    """A way to pay to keep: exactly one of `card` and `paymentMethodId`."""

    card: Optional["CardInput"] = None
    make_default: bool = Field(alias="makeDefault", default=False)
    payment_method_id: Optional[str] = Field(alias="paymentMethodId", default=None)


class ProductCreateInput(BaseModel):
    """A new product with its variants."""

    attributes: Optional[Any] = None
    brand: Optional[str] = None
    category_id: str = Field(alias="categoryId")
    description: str = ""
    name: str
    slug: str
    status: ProductStatus = ProductStatus.DRAFT
    type_id: str = Field(alias="typeId")
    variants: list["VariantInput"]


class ProductFilter(BaseModel):
    """Which products: all conditions together."""

    attributes: Optional[list["AttributeFilter"]] = None
    category: Optional[str] = None
    "A category's slug; those below it count too."
    ids: Optional[list[str]] = None
    in_stock: Optional[bool] = Field(alias="inStock", default=None)
    price_max: Optional[Decimal] = Field(alias="priceMax", default=None)
    price_min: Optional[Decimal] = Field(alias="priceMin", default=None)
    statuses: Optional[list[ProductStatus]] = None
    "For who keeps the catalogue; everybody else sees ACTIVE products."
    text: Optional[str] = None
    "Words, or beginnings of words; all must match."


class ProductTypeCreateInput(BaseModel):
    """A new kind of product."""

    attributes: list["AttributeDefinitionInput"]
    name: str


class ProductTypeUpdateInput(BaseModel):
    """The kind as it shall be; products of it must fit already."""

    attributes: list["AttributeDefinitionInput"]
    id: str
    name: str
    version: int


class ProductUpdateInput(BaseModel):
    """Changes to a product: what is left out stays. `version` is the one they were made on."""

    attributes: Optional[Any] = None
    brand: Optional[str] = None
    "An empty text for no brand."
    category_id: Optional[str] = Field(alias="categoryId", default=None)
    description: Optional[str] = None
    id: str
    name: Optional[str] = None
    slug: Optional[str] = None
    status: Optional[ProductStatus] = None
    variants: Optional[list["VariantInput"]] = None
    version: int


class ProfileInput(BaseModel):
    """What is left out stays; an empty phone removes it."""

    first_name: Optional[str] = Field(alias="firstName", default=None)
    last_name: Optional[str] = Field(alias="lastName", default=None)
    phone: Optional[str] = None


class RegisterInput(BaseModel):
    address: Optional["AddressInput"] = None
    email: str
    first_name: str = Field(alias="firstName")
    last_name: str = Field(alias="lastName")
    password: str
    phone: Optional[str] = None


class ReviewCreateInput(BaseModel):
    """What one says about an item."""

    body: str = ""
    item_id: str = Field(alias="itemId")
    rating: int
    title: str


class ReviewModerateInput(BaseModel):
    """A moderator's decision, with a note to the author if there is something to say."""

    decision: ReviewDecision
    id: str
    note: Optional[str] = None


class ReviewUpdateInput(BaseModel):
    """What one says about the item now."""

    body: str = ""
    id: str
    rating: int
    title: str


class ShippingAddressInput(BaseModel):
    """Where to send an order."""

    city: str
    country: str
    line_1: str = Field(alias="line1")
    line_2: Optional[str] = Field(alias="line2", default=None)
    name: str
    phone: Optional[str] = None
    postal_code: str = Field(alias="postalCode")
    region: Optional[str] = None


class StockAdjustInput(BaseModel):
    """By how many the stock in a warehouse changes, and why."""

    by: int
    reason: str
    sku: str
    warehouse_id: str = Field(alias="warehouseId")


class StockLevelFilter(BaseModel):
    """Which stock levels: all conditions together."""

    low_stock: Optional[bool] = Field(alias="lowStock", default=None)
    "About the SKU over all its warehouses."
    skus: Optional[list[str]] = None
    warehouse_id: Optional[str] = Field(alias="warehouseId", default=None)


class StockSetInput(BaseModel):
    """How many lie in a warehouse, counted."""

    on_hand: int = Field(alias="onHand")
    reason: Optional[str] = None
    sku: str
    warehouse_id: str = Field(alias="warehouseId")


class StockThresholdSetInput(BaseModel):
    """When a SKU is low in stock."""

    low_stock_threshold: int = Field(alias="lowStockThreshold")
    "At or below this many over all warehouses. 0: only when there is none left."
    sku: str


class VariantInput(BaseModel):
    """A variant as it shall be."""

    attributes: Optional[Any] = None
    base_price: "MoneyInput" = Field(alias="basePrice")
    cost_price: Optional["MoneyInput"] = Field(alias="costPrice", default=None)
    dimensions: Optional["DimensionsInput"] = None
    name: str
    sku: str
    weight_grams: Optional[int] = Field(alias="weightGrams", default=None)


class WarehouseInput(BaseModel):
    """A place where stock lies."""

    id: str
    name: str
    priority: int
    "The lowest is taken from first."


BundleCreateInput.model_rebuild()
BundleUpdateInput.model_rebuild()
CheckoutInput.model_rebuild()
PaymentInput.model_rebuild()
PaymentMethodSaveInput.model_rebuild()
ProductCreateInput.model_rebuild()
ProductFilter.model_rebuild()
ProductTypeCreateInput.model_rebuild()
ProductTypeUpdateInput.model_rebuild()
ProductUpdateInput.model_rebuild()
RegisterInput.model_rebuild()
VariantInput.model_rebuild()
