"""What can be done with the catalogue: products, and their pictures."""

from subgraphs.products.service.catalogue import Catalogue
from subgraphs.products.service.pictures import Pictures

__all__ = ["Catalogue", "Pictures"]
