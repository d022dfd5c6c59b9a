"""What the catalogue keeps (categories, types, products, variants, pictures, bundles) and how it may change."""

from subgraphs.products.model.attributes import AttributeDefinition, AttributeKind, facet_text, facets_of
from subgraphs.products.model.drafts import (
    Filter,
    ProductChanges,
    ProductDraft,
    ProductStatus,
    Sight,
    Sort,
    VariantDraft,
)
from subgraphs.products.model.pictures import (
    ATTACH_FOR,
    IMAGES_MAX,
    UPLOAD_FOR,
    Discarded,
    Image,
    Upload,
    checked_alt_text,
)
from subgraphs.products.model.tables import (
    SLUG,
    SLUG_MAX,
    Base,
    Bundle,
    BundleItem,
    Category,
    Found,
    Product,
    ProductType,
    Variant,
)

__all__ = [
    "ATTACH_FOR",
    "IMAGES_MAX",
    "SLUG",
    "SLUG_MAX",
    "UPLOAD_FOR",
    "AttributeDefinition",
    "AttributeKind",
    "Base",
    "Bundle",
    "BundleItem",
    "Category",
    "Discarded",
    "Filter",
    "Found",
    "Image",
    "Product",
    "ProductChanges",
    "ProductDraft",
    "ProductStatus",
    "ProductType",
    "Sight",
    "Sort",
    "Upload",
    "Variant",
    "VariantDraft",
    "checked_alt_text",
    "facet_text",
    "facets_of",
]
