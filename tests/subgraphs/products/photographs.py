"""Files people send as pictures: good ones, and those that only say they are."""

import io
import struct
import zlib

from PIL import Image


def picture(width: int = 640, height: int = 480, *, format: str = "PNG", mode: str = "RGB", **saving: object) -> bytes:
    """A picture with something to see on it."""
    image = Image.linear_gradient("L").resize((width, height)).convert(mode)
    written = io.BytesIO()
    image.save(written, format, **saving)
    return written.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header promises far more pixels than any memory holds."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def photograph(width: int = 800, height: int = 600, *, orientation: int = 1) -> bytes:
    """A JPEG as a camera writes it: with where it was taken, by what, a comment, a profile and a thumbnail."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return picture(width, height, format="JPEG", exif=exif, comment=b"SecretComment", icc_profile=b"SecretProfile")


def moving() -> bytes:
    """A WebP that moves."""
    written = io.BytesIO()
    first, second = Image.new("RGB", (64, 64), "red"), Image.new("RGB", (64, 64), "blue")
    first.save(written, "WEBP", save_all=True, append_images=[second])
    return written.getvalue()


def shown(body: bytes) -> Image.Image:
    """A WebP as whoever looks at it sees it."""
    image = Image.open(io.BytesIO(body), formats=["WEBP"])
    image.load()
    return image
