"""The demo catalogue as data: five categories, four product types, fifteen products and a bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from subgraphs.products.model import ProductStatus

OPENED = datetime(2026, 1, 5, 9, tzinfo=UTC)
STOCK_DEFAULT = 100

CATEGORIES: list[dict[str, Any]] = [
    {"id": "cat-electronics", "slug": "electronics", "name": "Electronics", "parent_id": None, "position": 1},
    {"id": "cat-computers", "slug": "computers", "name": "Computers", "parent_id": "cat-electronics", "position": 1},
    {
        "id": "cat-peripherals",
        "slug": "peripherals",
        "name": "Peripherals",
        "parent_id": "cat-electronics",
        "position": 2,
    },
    {"id": "cat-audio", "slug": "audio", "name": "Audio", "parent_id": "cat-electronics", "position": 3},
    {"id": "cat-gaming", "slug": "gaming", "name": "Gaming", "parent_id": None, "position": 2},
]
DESCRIBED = {
    "cat-electronics": "Everything with a plug or a battery.",
    "cat-computers": "Laptops, desktops and small boxes that do more than they look.",
    "cat-peripherals": "What stands on a desk beside the computer.",
    "cat-audio": "To hear and to be heard.",
    "cat-gaming": "Consoles, games and the chair to sit in.",
}


def _attribute(name: str, kind: str, **further: Any) -> dict[str, Any]:
    return {"name": name, "kind": kind, **further}


TYPES: list[dict[str, Any]] = [
    {
        "id": "type-computer",
        "name": "Computer",
        "definitions": [
            _attribute("processor", "TEXT", required=True),
            _attribute("screenInches", "NUMBER", unit="in"),
            _attribute("memoryGb", "NUMBER", required=True, ofVariant=True, unit="GB"),
            _attribute("storageGb", "NUMBER", ofVariant=True, unit="GB"),
        ],
    },
    {
        "id": "type-device",
        "name": "Device",
        "definitions": [
            _attribute("wireless", "BOOLEAN"),
            _attribute("screenInches", "NUMBER", unit="in"),
            _attribute("color", "TEXT", ofVariant=True),
            _attribute("switches", "TEXT", ofVariant=True, choices=["Brown", "Red", "Blue"]),
        ],
    },
    {
        "id": "type-game",
        "name": "Game",
        "definitions": [
            _attribute("platform", "TEXT", required=True),
            _attribute("players", "NUMBER"),
            _attribute("edition", "TEXT", ofVariant=True),
        ],
    },
    {
        "id": "type-furniture",
        "name": "Furniture",
        "definitions": [_attribute("material", "TEXT"), _attribute("color", "TEXT", ofVariant=True)],
    },
]


@dataclass(frozen=True, kw_only=True)
class Sku:
    """A demo variant; sizes in grams and millimetres, None for what is not shipped."""

    sku: str
    price: str
    cost: str
    name: str = "Standard"
    attributes: Mapping[str, object] = field(default_factory=dict)
    grams: int | None = None
    size: tuple[int, int, int] | None = None
    stock: int = STOCK_DEFAULT


@dataclass(frozen=True, kw_only=True)
class Demo:
    """A demo product."""

    id: str
    slug: str
    name: str
    brand: str
    category: str
    type: str
    description: str
    skus: Sequence[Sku]
    attributes: Mapping[str, object] = field(default_factory=dict)


PRODUCTS = [
    Demo(
        id="prod-laptop-001",
        slug="premium-ultrabook-pro-15",
        name="Premium Ultrabook Pro 15",
        brand="Northwind",
        category="cat-computers",
        type="type-computer",
        description="A light 15-inch laptop with a bright screen, a quiet fan and a battery that lasts the day.",
        attributes={"processor": "Octa-core 4.8 GHz", "screenInches": 15.6},
        skus=[
            Sku(
                sku="LAPTOP-001",
                name="16 GB",
                price="1299.99",
                cost="910.00",
                attributes={"memoryGb": 16, "storageGb": 512},
                grams=1450,
                size=(360, 245, 60),
            ),
            Sku(
                sku="LAPTOP-001-32GB",
                name="32 GB",
                price="1599.99",
                cost="1100.00",
                attributes={"memoryGb": 32, "storageGb": 1000},
                grams=1450,
                size=(360, 245, 60),
            ),
        ],
    ),
    Demo(
        id="prod-desktop-001",
        slug="creator-workstation",
        name="Creator Workstation",
        brand="Northwind",
        category="cat-computers",
        type="type-computer",
        description="A tower for video, sound and 3D work, with room for four drives and two graphics cards.",
        attributes={"processor": "16-core 5.2 GHz"},
        skus=[
            Sku(
                sku="DESKTOP-001",
                price="2199.00",
                cost="1580.00",
                attributes={"memoryGb": 64, "storageGb": 2000},
                grams=18500,
                size=(620, 560, 330),
            )
        ],
    ),
    Demo(
        id="prod-mini-001",
        slug="pocket-mini-pc",
        name="Pocket Mini PC",
        brand="Tessel",
        category="cat-computers",
        type="type-computer",
        description="A whole computer behind the monitor: silent, frugal, two screens.",
        attributes={"processor": "Quad-core 3.4 GHz"},
        skus=[
            Sku(
                sku="MINI-001",
                price="449.00",
                cost="310.00",
                attributes={"memoryGb": 16, "storageGb": 256},
                grams=640,
                size=(180, 180, 70),
                stock=3,
            )
        ],
    ),
    Demo(
        id="prod-tablet-001",
        slug="slate-tablet-11",
        name="Slate Tablet 11",
        brand="Tessel",
        category="cat-electronics",
        type="type-device",
        description="An 11-inch tablet for reading, drawing and films on the train.",
        attributes={"wireless": True, "screenInches": 11},
        skus=[
            Sku(
                sku="TABLET-001",
                price="599.00",
                cost="420.00",
                attributes={"color": "Graphite"},
                grams=480,
                size=(260, 190, 40),
            )
        ],
    ),
    Demo(
        id="prod-tv-001",
        slug="cinema-oled-65",
        name="Cinema OLED 65",
        brand="Lumen",
        category="cat-electronics",
        type="type-device",
        description="A 65-inch OLED television with true black and room-filling sound.",
        attributes={"wireless": True, "screenInches": 65},
        skus=[
            Sku(
                sku="TV-001",
                price="1899.00",
                cost="1390.00",
                attributes={"color": "Black"},
                grams=32500,
                size=(1600, 950, 180),
            )
        ],
    ),
    Demo(
        id="prod-keyboard-001",
        slug="mechanical-keyboard-tkl",
        name="Mechanical Keyboard TKL",
        brand="Keyward",
        category="cat-peripherals",
        type="type-device",
        description="A tenkeyless mechanical keyboard with switches that can be changed without soldering.",
        attributes={"wireless": False},
        skus=[
            Sku(
                sku="KEYBOARD-001-BROWN",
                name="Brown switches",
                price="129.00",
                cost="74.00",
                attributes={"switches": "Brown", "color": "Black"},
                grams=920,
                size=(380, 150, 50),
            ),
            Sku(
                sku="KEYBOARD-001-RED",
                name="Red switches",
                price="129.00",
                cost="74.00",
                attributes={"switches": "Red", "color": "Black"},
                grams=920,
                size=(380, 150, 50),
            ),
        ],
    ),
    Demo(
        id="prod-mouse-001",
        slug="precision-mouse",
        name="Precision Mouse",
        brand="Keyward",
        category="cat-peripherals",
        type="type-device",
        description="A mouse that fits the hand, with a wheel that spins freely or clicks.",
        attributes={"wireless": True},
        skus=[
            Sku(
                sku="MOUSE-001",
                price="59.90",
                cost="31.00",
                attributes={"color": "Graphite"},
                grams=180,
                size=(130, 90, 60),
            )
        ],
    ),
    Demo(
        id="prod-monitor-001",
        slug="ultrasharp-monitor-27",
        name="UltraSharp Monitor 27",
        brand="Lumen",
        category="cat-peripherals",
        type="type-device",
        description="A 27-inch monitor with fine type, true colours and one cable for everything.",
        attributes={"wireless": False, "screenInches": 27},
        skus=[
            Sku(
                sku="MONITOR-001",
                price="379.00",
                cost="260.00",
                attributes={"color": "Silver"},
                grams=7200,
                size=(690, 450, 180),
                stock=2,
            )
        ],
    ),
    Demo(
        id="prod-headphones-001",
        slug="studio-headphones",
        name="Studio Headphones",
        brand="Aural",
        category="cat-audio",
        type="type-device",
        description="Closed headphones that keep the room out and the detail in, for hours.",
        attributes={"wireless": True},
        skus=[
            Sku(
                sku="HEADPHONES-001-BLACK",
                name="Black",
                price="249.00",
                cost="150.00",
                attributes={"color": "Black"},
                grams=540,
                size=(220, 200, 100),
            ),
            Sku(
                sku="HEADPHONES-001-SILVER",
                name="Silver",
                price="249.00",
                cost="150.00",
                attributes={"color": "Silver"},
                grams=540,
                size=(220, 200, 100),
            ),
        ],
    ),
    Demo(
        id="prod-speaker-001",
        slug="room-speaker",
        name="Room Speaker",
        brand="Aural",
        category="cat-audio",
        type="type-device",
        description="One speaker that fills a room, or two that make it a stage.",
        attributes={"wireless": True},
        skus=[
            Sku(
                sku="SPEAKER-001",
                price="149.00",
                cost="88.00",
                attributes={"color": "Black"},
                grams=1900,
                size=(240, 180, 180),
            )
        ],
    ),
    Demo(
        id="prod-mic-001",
        slug="podcast-microphone",
        name="Podcast Microphone",
        brand="Aural",
        category="cat-audio",
        type="type-device",
        description="A microphone with a warm voice and a stand that does not carry knocks.",
        attributes={"wireless": False},
        skus=[
            Sku(
                sku="MIC-001",
                price="119.00",
                cost="66.00",
                attributes={"color": "Black"},
                grams=980,
                size=(260, 160, 120),
                stock=0,
            )
        ],
    ),
    Demo(
        id="prod-console-001",
        slug="game-console-x",
        name="Game Console X",
        brand="Starforge",
        category="cat-gaming",
        type="type-device",
        description="The console everybody waits for: quick, quiet, and sold out again.",
        attributes={"wireless": True},
        skus=[
            Sku(
                sku="CONSOLE-001",
                price="499.00",
                cost="430.00",
                attributes={"color": "White"},
                grams=4500,
                size=(420, 330, 160),
                stock=0,
            )
        ],
    ),
    Demo(
        id="prod-controller-001",
        slug="wireless-controller",
        name="Wireless Controller",
        brand="Starforge",
        category="cat-gaming",
        type="type-device",
        description="A controller with sticks that do not drift and triggers that push back.",
        attributes={"wireless": True},
        skus=[
            Sku(
                sku="CONTROLLER-001",
                price="69.00",
                cost="38.00",
                attributes={"color": "White"},
                grams=340,
                size=(180, 130, 80),
            )
        ],
    ),
    Demo(
        id="prod-game-001",
        slug="starfarer",
        name="Starfarer (digital)",
        brand="Starforge",
        category="cat-gaming",
        type="type-game",
        description="Trade, explore and get lost among four hundred suns. A download, nothing is shipped.",
        attributes={"platform": "Game Console X", "players": 4},
        skus=[
            Sku(
                sku="GAME-001",
                name="Digital edition",
                price="39.99",
                cost="24.00",
                attributes={"edition": "Digital"},
            )
        ],
    ),
    Demo(
        id="prod-chair-001",
        slug="gaming-chair",
        name="Gaming Chair",
        brand="Hold",
        category="cat-gaming",
        type="type-furniture",
        description="A chair for long evenings: firm back, soft arms, wheels that spare the floor.",
        attributes={"material": "Mesh"},
        skus=[
            Sku(
                sku="CHAIR-001",
                price="329.00",
                cost="205.00",
                attributes={"color": "Black"},
                grams=21500,
                size=(860, 660, 350),
            )
        ],
    ),
]

BUNDLE = {
    "id": "bundle-desk-001",
    "slug": "desk-setup",
    "name": "Desk Setup",
    "description": "Keyboard, mouse and monitor that go together.",
    "status": ProductStatus.ACTIVE.value,
    "created_at": OPENED + timedelta(days=30),
}
BUNDLED = ["KEYBOARD-001-BROWN", "MOUSE-001", "MONITOR-001"]
