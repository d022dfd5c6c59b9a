"""The demo's people, and any number of deterministic ones. Their passwords are public: never in production."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Database
from subgraphs.users import store
from subgraphs.users.model import ADMIN, CUSTOMER, AddressRow, UserRow, WishRow

JOINED = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)
DOMAIN = "ecommerce.local"
CUSTOMER_PASSWORD = "customer123"
ADMIN_PASSWORD = "admin123"

# id, local part, first name, last name, roles
PEOPLE = (
    ("user-admin", "admin", "Ada", "Admin", [CUSTOMER, ADMIN]),
    ("user-customer", "customer", "Casey", "Customer", [CUSTOMER]),
    ("user-alice", "alice", "Alice", "Archer", [CUSTOMER]),
    ("user-bob", "bob", "Bob", "Baker", [CUSTOMER]),
    ("user-carol", "carol", "Carol", "Cooper", [CUSTOMER]),
)
EMAILS = tuple(f"{local}@{DOMAIN}" for _, local, *_ in PEOPLE)

WISHES = (
    ("wish-demo-1", "user-customer", "prod-console-001", "CONSOLE-001"),
    ("wish-demo-2", "user-customer", "prod-headphones-001", ""),
    ("wish-demo-3", "user-alice", "bundle-desk-001", ""),
)

FIRST_NAMES = ("Noor", "Mateo", "Yuki", "Amara", "Liam", "Sofia", "Chen", "Zoë", "Omar", "Ines")
LAST_NAMES = ("Novak", "Silva", "Tanaka", "Okafor", "Murphy", "Rossi", "Wang", "Müller", "Haddad", "Costa")
BATCH = 1_000


async def demo(database: Database) -> None:
    """Five people with addresses and wishes; twice changes nothing."""
    async with database.reading() as reading:
        known = await store.users_by_ids(reading, [id for id, *_ in PEOPLE])
    # Hashing is what takes time, and a start of the shop loads the demo every time.
    hashes = dict.fromkeys((True, False), "")
    if len(known) < len(PEOPLE):
        hasher = Argon2Hasher()
        hashes = {True: hasher.hash(ADMIN_PASSWORD), False: hasher.hash(CUSTOMER_PASSWORD)}
    people = [
        _person(id, f"{local}@{DOMAIN}", first, last, roles, hashes[ADMIN in roles], JOINED + timedelta(days=index))
        for index, (id, local, first, last, roles) in enumerate(PEOPLE)
        if id not in known
    ]
    addresses = [
        {
            "id": f"address-{id.removeprefix('user-')}",
            "user_id": id,
            "name": f"{first} {last}",
            "line1": f"{index + 1} Market Street",
            "line2": None,
            "city": "Springfield",
            "region": "IL",
            "postal_code": f"6270{index}",
            "country": "US",
            "phone": None,
            "is_default": True,
            "created_at": JOINED,
        }
        for index, (id, _, first, last, _) in enumerate(PEOPLE)
    ]
    wishes = [
        {"id": id, "user_id": user_id, "item_id": item_id, "sku": sku, "added_at": JOINED + timedelta(days=30 + index)}
        for index, (id, user_id, item_id, sku) in enumerate(WISHES)
    ]
    async with database.transaction() as session:
        for table, rows in ((UserRow, people), (AddressRow, addresses), (WishRow, wishes)):
            if rows:
                await session.execute(insert(table).values(rows).on_conflict_do_nothing())


async def scale(database: Database, n: int) -> None:
    """`n` people named user-scale-000001 and on; the same for the same n, and twice changes nothing."""
    password_hash = Argon2Hasher().hash(CUSTOMER_PASSWORD)
    for start in range(1, n + 1, BATCH):
        rows = [
            _person(
                f"user-scale-{number:06}",
                f"scale-{number:06}@{DOMAIN}",
                FIRST_NAMES[number % 10],
                LAST_NAMES[number // 10 % 10],
                [CUSTOMER],
                password_hash,
                JOINED + timedelta(minutes=number),
            )
            for number in range(start, min(start + BATCH, n + 1))
        ]
        async with database.transaction() as session:
            await session.execute(insert(UserRow).values(rows).on_conflict_do_nothing())


def _person(
    id: str, email: str, first: str, last: str, roles: list[str], password_hash: str, joined: datetime
) -> dict[str, object]:
    return {
        "id": id,
        "email": email,
        "password_hash": password_hash,
        "display_name": f"{first} {last[0]}.",
        "first_name": first,
        "last_name": last,
        "phone": None,
        "roles": roles,
        "created_at": joined,
        "updated_at": joined,
        "email_verified_at": joined,
    }
