"""What the catalogue keeps: categories, product types, products, variants and bundles; and how they may change."""

from subgraphs.products.model.attributes import AttributeDefinition, AttributeKind, facet_text, facets_of
from subgraphs.products.model.drafts import Filter, ProductChanges, ProductDraft, ProductStatus, Sort, VariantDraft
from subgraphs.products.model.tables import Base, Bundle, BundleItem, Category, Found, Product, ProductType, Variant

__all__ = [
    "AttributeDefinition",
    "AttributeKind",
    "Base",
    "Bundle",
    "BundleItem",
    "Category",
    "Filter",
    "Found",
    "Product",
    "ProductChanges",
    "ProductDraft",
    "ProductStatus",
    "ProductType",
    "Sort",
    "Variant",
    "VariantDraft",
    "facet_text",
    "facets_of",
]
