"""What the catalogue refuses, beside the chassis's NotFound and InvalidInput."""

from __future__ import annotations

from chassis.errors import RefusalCode, Refused
from chassis.quoting import QUOTED_MAX, quoted


class SlugTaken(Refused):
    """Another product on the shelf has this slug; a slug is free again once its product is deleted."""

    code = RefusalCode.ALREADY_EXISTS
    slug: str

    def __init__(self, slug: str) -> None:
        super().__init__(f"The slug {quoted(slug)} is taken: choose another.", field=("input", "slug"), slug=slug)


class SkuTaken(Refused):
    """Another product has, or once had, this SKU. Orders keep SKUs for ever, so none is given twice."""

    code = RefusalCode.ALREADY_EXISTS
    sku: str

    def __init__(self, sku: str, *, field: tuple[str, ...] = ("input", "variants")) -> None:
        super().__init__(f"The SKU {quoted(sku)} is taken: choose another.", field=field, sku=sku)


class AttributeInvalid(Refused):
    """An attribute does not fit the product's type."""

    code = RefusalCode.INVALID
    attribute: str

    def __init__(self, attribute: str, problem: str, *, field: tuple[str, ...]) -> None:
        super().__init__(f"{quoted(attribute)} {problem}.", field=field, attribute=attribute[:QUOTED_MAX])


class ProductChanged(Refused):
    """Somebody changed the product since it was read: read it again and decide anew."""

    code = RefusalCode.CHANGED
    current_version: int

    def __init__(self, *, expected: int, current: int) -> None:
        super().__init__(
            f"The product is at version {current}, not {expected}: read it again before changing it.",
            field=("input", "version"),
            current_version=current,
        )


class UploadNotThere(Refused):
    """No file has arrived for the upload, or its time is over."""

    code = RefusalCode.NOT_POSSIBLE_NOW

    def __init__(self, message: str) -> None:
        super().__init__(message, field=("input", "uploadId"))


class ImageRejected(Refused):
    """The file that was sent is no picture the shop shows; the message says why. Announce another."""

    code = RefusalCode.INVALID

    def __init__(self, message: str) -> None:
        super().__init__(message, field=("input", "uploadId"))


class TooManyImages(Refused):
    """A product has as many pictures as it may: remove one first."""

    code = RefusalCode.LIMIT_REACHED
    limit: int

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"A product has at most {limit} pictures: remove one first.",
            field=("input", "productId"),
            limit=limit,
        )


class NameTaken(Refused):
    """Another category or bundle has this slug."""

    code = RefusalCode.ALREADY_EXISTS
    slug: str

    def __init__(self, slug: str) -> None:
        super().__init__(f"The slug {quoted(slug)} is taken: choose another.", field=("input", "slug"), slug=slug)


class VersionChanged(Refused):
    """Somebody changed it since it was read: read it again and decide anew."""

    code = RefusalCode.CHANGED
    current_version: int

    def __init__(self, *, expected: int, current: int) -> None:
        super().__init__(
            f"It is at version {current}, not {expected}: read it again before changing it.",
            field=("input", "version"),
            current_version=current,
        )


class StillInUse(Refused):
    """It cannot go, or not become that, while others hang on it; the message says which."""

    code = RefusalCode.NOT_POSSIBLE_NOW

    def __init__(self, message: str, *, field: tuple[str, ...] = ("input", "id")) -> None:
        super().__init__(message, field=field)
