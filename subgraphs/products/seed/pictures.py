"""Pictures of the demo products, drawn here: the same on every machine, and attached like anybody's upload.

Drawing, checking and encoding all of them takes a few tenths of a second; those that are there are not drawn again.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Final

import structlog
from PIL import Image, ImageDraw

from chassis.clock import now
from chassis.database import Database
from chassis.demo import stream
from chassis.errors import Refused, Unavailable
from chassis.settings import Settings
from chassis.viewer import Viewer
from subgraphs.products import store
from subgraphs.products.loaders import SCOPE
from subgraphs.products.media import Encoder, store_of, upload_key
from subgraphs.products.model import UPLOAD_FOR, Upload
from subgraphs.products.seed.catalogue import PRODUCTS, Demo
from subgraphs.products.service import Pictures
from subgraphs.products.shelf import Shelf

log = structlog.get_logger("subgraphs.products.seed")

KEEPER: Final = Viewer(user_id="user-admin", roles=frozenset({"admin"}), scopes=frozenset({SCOPE}))
SIZE: Final = (480, 360)
CONTENT_TYPE: Final = "image/png"
_DARK: Final = (38, 42, 54)
_LIGHT: Final = (236, 238, 244)

Pen = ImageDraw.ImageDraw
Color = tuple[int, int, int]


async def furnish(database: Database, settings: Settings) -> int:
    """Give each demo product that never had one its picture; answers how many were drawn.

    A store that does not answer leaves the products without: demo data is worth no failing start.
    """
    images, encoder = store_of(settings), Encoder()
    pictures = Pictures(database, Shelf(None), images, encoder, bytes_max=settings.media_upload_bytes_max)

    async def picture(demo: Demo) -> bool:
        id, moment = picture_id(demo), now()
        async with database.reading() as session:
            known = await store.upload_by_id(session, id)
        if known is not None and known.attached_at is not None:
            return False
        body = await asyncio.to_thread(drawn, demo)
        async with database.transaction() as session:
            upload = Upload(
                id=id,
                product_id=demo.id,
                file_name=f"{demo.slug}.png",
                content_type=CONTENT_TYPE,
                size_bytes=len(body),
                created_at=moment,
                expires_at=moment + UPLOAD_FOR,
            )
            await session.merge(upload)
        await images.put_new(upload_key(id), body)
        await pictures.attach(id, demo.id, alt_text=f"{demo.name}, drawn", viewer=KEEPER)
        return True

    try:
        return sum(await asyncio.gather(*map(picture, PRODUCTS)))
    except (Refused, Unavailable) as error:
        log.warning("pictures_not_drawn", error=str(error))
        return 0
    finally:
        await encoder.close()


def picture_id(demo: Demo) -> str:
    """The id of a demo product's picture, which is its upload's too."""
    return f"picture-{demo.id.removeprefix('prod-')}"


def drawn(demo: Demo) -> bytes:
    """A PNG of the product, in colours that follow from its name."""
    random = stream("pictures", demo.slug)
    hue = random.randrange(360)
    top, bottom = _color(hue, 38, 92), _color((hue + 40) % 360, 52, 74)
    # Two pixels made wide: a gradient for the price of a resize.
    backdrop = Image.new("RGB", (1, 2))
    backdrop.putpixel((0, 0), top)
    backdrop.putpixel((0, 1), bottom)
    picture = backdrop.resize(SIZE, Image.Resampling.BILINEAR)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((110, 288, 370, 318), fill=_color((hue + 40) % 360, 56, 60))
    _SHAPES[demo.id.split("-")[1]](pen, _color((hue + 200) % 360, 70, 62))
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=1)
    return written.getvalue()


def _color(hue: int, saturation: int, brightness: int) -> Color:
    made = Image.new("HSV", (1, 1), (hue * 255 // 360, saturation * 255 // 100, brightness * 255 // 100))
    red, green, blue = made.convert("RGB").getpixel((0, 0))  # type: ignore[misc]  # three bands
    return int(red), int(green), int(blue)


def _screen(left: int, top: int, right: int, bottom: int) -> Callable[[Pen, Color], None]:
    def draw(pen: Pen, color: Color) -> None:
        pen.rounded_rectangle((left, top, right, bottom), 14, fill=_DARK)
        pen.rounded_rectangle((left + 10, top + 10, right - 10, bottom - 10), 8, fill=color)
        low, high = bottom - 10, top + 10
        pen.polygon([(left + 40, low), (left + 120, high), (left + 160, high), (left + 80, low)], fill=_LIGHT)

    return draw


def _laptop(pen: Pen, color: Color) -> None:
    _screen(130, 90, 350, 245)(pen, color)
    pen.polygon([(110, 250), (370, 250), (400, 290), (80, 290)], fill=_LIGHT)
    pen.polygon([(140, 256), (340, 256), (355, 274), (125, 274)], fill=_DARK)


def _standing(pen: Pen, color: Color) -> None:
    pen.rectangle((225, 240, 255, 285), fill=_DARK)
    pen.rounded_rectangle((180, 280, 300, 296), 8, fill=_DARK)
    _screen(100, 70, 380, 250)(pen, color)


def _tower(pen: Pen, color: Color) -> None:
    pen.rounded_rectangle((180, 60, 300, 300), 12, fill=_DARK)
    for row in range(3):
        pen.rounded_rectangle((196, 80 + 40 * row, 284, 106 + 40 * row), 5, fill=color)
    pen.ellipse((225, 240, 255, 270), fill=_LIGHT)


def _box(pen: Pen, color: Color) -> None:
    pen.rounded_rectangle((140, 190, 340, 300), 20, fill=_DARK)
    pen.rounded_rectangle((140, 190, 340, 230), 20, fill=color)
    pen.ellipse((300, 255, 316, 271), fill=_LIGHT)


def _keyboard(pen: Pen, color: Color) -> None:
    pen.rounded_rectangle((80, 170, 400, 300), 14, fill=_DARK)
    for row in range(4):
        for column in range(10):
            left, top = 94 + 30 * column, 182 + 28 * row
            fill = color if (row + column) % 7 == 0 else _LIGHT
            pen.rounded_rectangle((left, top, left + 24, top + 22), 4, fill=fill)


def _mouse(pen: Pen, color: Color) -> None:
    pen.rounded_rectangle((185, 120, 295, 300), 54, fill=_DARK)
    pen.line((240, 120, 240, 200), fill=_LIGHT, width=4)
    pen.rounded_rectangle((230, 145, 250, 185), 10, fill=color)


def _headphones(pen: Pen, color: Color) -> None:
    pen.arc((150, 80, 330, 280), 180, 360, fill=_DARK, width=22)
    for left in (138, 286):
        pen.rounded_rectangle((left, 175, left + 56, 295), 22, fill=color)


def _speaker(pen: Pen, color: Color) -> None:
    pen.rounded_rectangle((170, 70, 310, 300), 26, fill=_DARK)
    for top, radius in ((110, 26), (215, 48)):
        pen.ellipse((240 - radius, top - radius + 10, 240 + radius, top + radius + 10), fill=color)
        pen.ellipse((228, top - 2, 252, top + 22), fill=_LIGHT)


def _microphone(pen: Pen, color: Color) -> None:
    pen.rounded_rectangle((205, 70, 275, 205), 35, fill=color)
    pen.arc((180, 110, 300, 240), 0, 180, fill=_DARK, width=12)
    pen.rectangle((234, 238, 246, 285), fill=_DARK)
    pen.rounded_rectangle((190, 280, 290, 298), 9, fill=_DARK)


def _controller(pen: Pen, color: Color) -> None:
    pen.rounded_rectangle((110, 160, 370, 290), 62, fill=_DARK)
    pen.rectangle((162, 200, 178, 250), fill=_LIGHT)
    pen.rectangle((145, 217, 195, 233), fill=_LIGHT)
    for x, y in ((310, 195), (335, 220), (285, 220), (310, 245)):
        pen.ellipse((x - 12, y - 12, x + 12, y + 12), fill=color)


def _case(pen: Pen, color: Color) -> None:
    pen.rounded_rectangle((160, 60, 320, 300), 10, fill=_DARK)
    pen.rectangle((172, 72, 308, 288), fill=color)
    pen.polygon([(240, 110), (290, 230), (190, 230)], fill=_LIGHT)


def _chair(pen: Pen, color: Color) -> None:
    pen.rounded_rectangle((190, 50, 290, 200), 24, fill=color)
    pen.rounded_rectangle((170, 195, 310, 230), 16, fill=_DARK)
    pen.rectangle((233, 230, 247, 280), fill=_DARK)
    pen.line((180, 300, 240, 275, 300, 300), fill=_DARK, width=12)


# By what a product's id calls it.
_SHAPES: Final[dict[str, Callable[[Pen, Color], None]]] = {
    "laptop": _laptop,
    "desktop": _tower,
    "mini": _box,
    "tablet": _screen(120, 90, 360, 290),
    "tv": _standing,
    "keyboard": _keyboard,
    "mouse": _mouse,
    "monitor": _standing,
    "headphones": _headphones,
    "speaker": _speaker,
    "mic": _microphone,
    "console": _box,
    "controller": _controller,
    "game": _case,
    "chair": _chair,
}
