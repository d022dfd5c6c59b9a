"""Pictures of products, and files that were announced and may yet become some."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Self

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import InvalidInput
from chassis.ids import new_id
from chassis.quoting import quoted
from subgraphs.products.model.tables import Base

FILE_NAME_MAX: Final = 255
ALT_MAX: Final = 300
IMAGES_MAX: Final = 20
UPLOAD_FOR: Final = timedelta(minutes=15)
# A file that came in time may be attached a little later; what is left after that is swept.
ATTACH_FOR: Final = timedelta(hours=1)


class Upload(Base):
    """A file that somebody may send until `expires_at`, and attach a while longer."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"))
    file_name: Mapped[str]
    content_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attached_at: Mapped[datetime | None]

    @classmethod
    def announce(
        cls,
        *,
        product_id: str,
        file_name: str,
        content_type: str,
        size_bytes: int,
        types: Sequence[str],
        bytes_max: int,
        now: datetime,
    ) -> Self:
        """A file that is about to be sent; InvalidInput for one that could not be taken."""
        if content_type not in types:
            raise InvalidInput(
                f"A picture is one of {', '.join(types)}, not {quoted(content_type)}.", field=("input", "contentType")
            )
        if not 1 <= size_bytes <= bytes_max:
            raise InvalidInput(f"A picture has between 1 and {bytes_max} bytes.", field=("input", "bytes"))
        if not 1 <= len(file_name.strip()) <= FILE_NAME_MAX:
            raise InvalidInput(
                f"A file name has between 1 and {FILE_NAME_MAX} characters.", field=("input", "fileName")
            )
        return cls(
            id=new_id(),
            product_id=product_id,
            file_name=file_name.strip(),
            content_type=content_type,
            size_bytes=size_bytes,
            created_at=now,
            expires_at=now + UPLOAD_FOR,
            attached_at=None,
        )

    def may_be_attached(self, now: datetime) -> bool:
        """Whether it is not too late."""
        return now < self.expires_at + ATTACH_FOR / 2


class Image(Base):
    """A picture of a product. `sizes` are `{width, height, bytes}`, the smallest first; its id is its upload's."""

    __tablename__ = "images"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"))
    alt_text: Mapped[str]
    position: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    sizes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    created_at: Mapped[datetime]


class Discarded(Base):
    """Files nobody refers to any more: one, or with a slash at the end all below it. They are removed by and by."""

    __tablename__ = "discarded_objects"

    prefix: Mapped[str] = mapped_column(Text, primary_key=True)
    discarded_at: Mapped[datetime]


def checked_alt_text(text: str) -> str:
    """What a picture shows, in words, for who cannot see it; InvalidInput where it says nothing."""
    words = text.strip()
    if not 1 <= len(words) <= ALT_MAX:
        raise InvalidInput(
            f"Say what the picture shows in 1 to {ALT_MAX} characters, for who cannot see it.",
            field=("input", "altText"),
        )
    return words
