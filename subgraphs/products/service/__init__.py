"""What can be done with the catalogue: products, their pictures, and what they hang on."""

from subgraphs.products.service.catalogue import Catalogue
from subgraphs.products.service.pictures import Pictures
from subgraphs.products.service.upkeep import BundleDraft, CategoryDraft, Upkeep

__all__ = ["BundleDraft", "Catalogue", "CategoryDraft", "Pictures", "Upkeep"]
