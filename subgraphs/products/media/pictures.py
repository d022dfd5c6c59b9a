"""Turns a file somebody sent into pictures of our own making: checked, turned upright, bare of metadata, WebP.

    encoded = await encoder.encode(body, "image/jpeg")       # PictureRejected says why not
    for size in encoded.sizes:                               # the smallest first; never larger than what was sent
        size.width, size.height, size.body

What a file is, its first bytes say, not its name nor what its sender calls it. Only three decoders ever see it, and
only once its header promises no more than PIXELS_MAX. Nothing of the file but its pixels leaves here.

Decoding takes tens of milliseconds of a core: it runs in threads of its own, few of them, and never on the event loop.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import structlog
from PIL import Image, ImageOps

log = structlog.get_logger("subgraphs.products.media")

# Pillow's name of each format that is taken.
CONTENT_TYPES: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
WIDTHS: Final = (160, 480, 960, 1600)
# A camera's fifty megapixels; 200 MB while it is decoded.
PIXELS_MAX: Final = 50_000_000
SIDE_MAX: Final = 12_000
SIDE_MIN: Final = 16
TOO_LARGE: Final = f"A picture has at most {SIDE_MAX} pixels on a side and {PIXELS_MAX // 1_000_000} million in all."
QUALITY: Final = 82
THREADS: Final = 2


class PictureRejected(Exception):
    """The file is no picture that is taken. The message says why, for who sent it."""


@dataclass(frozen=True, slots=True)
class Size:
    """One WebP file."""

    width: int
    height: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Encoded:
    """One picture in all its sizes, the smallest first; width and height are the largest's."""

    sizes: tuple[Size, ...]

    @property
    def width(self) -> int:
        """Pixels."""
        return self.sizes[-1].width

    @property
    def height(self) -> int:
        """Pixels."""
        return self.sizes[-1].height


class Encoder:
    """Encodes pictures in threads of its own."""

    def __init__(self, *, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="pictures")

    async def encode(self, body: bytes, content_type: str) -> Encoded:
        """Every size of a picture. Raises PictureRejected."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, encode, body, content_type)

    async def close(self) -> None:
        """Let the threads end once they are done."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def encode(body: bytes, content_type: str) -> Encoded:
    """Every size of a picture. Raises PictureRejected."""
    found = type_of(body)
    if found is None:
        raise PictureRejected("The file is not a JPEG, PNG or WebP picture.")
    if found != content_type:
        raise PictureRejected(f"The file is {found}, not {content_type} as was said.")
    try:
        upright = _open(body, CONTENT_TYPES[found])
        return Encoded(tuple(_sizes(upright)))
    except PictureRejected:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRejected(TOO_LARGE) from error
    except Exception as error:
        # Decoders raise whatever a broken file makes them stumble over; the file is at fault in any case.
        log.info("picture_rejected", error=repr(error)[:200])
        raise PictureRejected("The file is damaged: it could not be read as a picture.") from error


def type_of(body: bytes) -> str | None:
    """What the first bytes say the file is; None for what is not taken."""
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    return None


def _open(body: bytes, format: str) -> Image.Image:
    """The pixels, upright, in RGB or RGBA."""
    # Only the header is read here: how large the picture says it is decides whether its pixels ever are.
    with Image.open(io.BytesIO(body), formats=[format]) as picture:
        width, height = picture.size
        if min(width, height) < SIDE_MIN:
            raise PictureRejected(f"A picture has at least {SIDE_MIN} pixels on each side.")
        if max(width, height) > SIDE_MAX or width * height > PIXELS_MAX:
            raise PictureRejected(TOO_LARGE)
        if getattr(picture, "n_frames", 1) > 1:
            raise PictureRejected("The picture moves: send one that stands still.")
        # Decodes large JPEGs at a fraction of their size, which is as good where they are shrunk anyway.
        picture.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))
        upright = ImageOps.exif_transpose(picture)
        transparent = "A" in upright.getbands() or "transparency" in upright.info
        return upright.convert("RGBA" if transparent else "RGB")


def _sizes(picture: Image.Image) -> Iterator[Size]:
    largest = min(picture.width, WIDTHS[-1])
    for width in [*(each for each in WIDTHS if each < largest), largest]:
        height = max(1, round(picture.height * width / picture.width))
        resized = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
        # A fresh canvas: what the file said of itself (place, camera, profile, comments) stays behind.
        bare = Image.new(resized.mode, resized.size)
        bare.paste(resized)
        written = io.BytesIO()
        bare.save(written, "WEBP", quality=QUALITY, method=4)
        yield Size(width, height, written.getvalue())
