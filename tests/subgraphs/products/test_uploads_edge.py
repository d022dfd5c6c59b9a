"""The catalogue's REST edge: what may be sent to a folder of pictures, by whom, and how pictures come out of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from chassis.settings import Settings, UnsafeSettings
from subgraphs.products.media import Folder, Permit, Permits, image_key, refuse_unsafe, store_of, upload_key
from subgraphs.products.routes import routes_of

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BODY = b"x" * 1_000
PERMIT = Permit("upload-1", "image/png", len(BODY), NOON + timedelta(minutes=15))
TYPE = {"content-type": "image/png"}


class Clock:
    """What time it is, as the test says."""

    def __init__(self) -> None:
        self.moment = NOON

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    store = store_of(Settings(media_url=str(tmp_path / "media")))
    assert isinstance(store, Folder)
    return store


@pytest.fixture
async def browser(folder: Folder, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(routes_of(folder, clock), prefix="/products")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop/products") as client:
        yield client


async def put(browser: httpx.AsyncClient, token: str, **sent: Any) -> httpx.Response:
    return await browser.put(f"/uploads/{token}", **{"headers": TYPE, "content": BODY, **sent})


async def test_a_permit_lets_one_file_in_once(browser: httpx.AsyncClient, folder: Folder) -> None:
    token = folder.permits.sign(PERMIT)
    first = await put(browser, token)
    second = await put(browser, token, content=b"y" * len(BODY))

    assert (first.status_code, second.status_code) == (201, 409)
    assert await folder.fetch(upload_key("upload-1"), bytes_max=2_000) == BODY


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"content": BODY + b"x"}, 413),
        ({"content": BODY[:-1]}, 413),
        ({"content": b""}, 413),
        ({"headers": {"content-type": "image/svg+xml"}}, 415),
        ({"headers": {}}, 415),
        ({"headers": {**TYPE, "content-length": "-5"}}, 411),
        ({"headers": {**TYPE, "content-length": "1e3"}}, 411),
        # A length that lies: more comes than was said, or less.
        ({"headers": {**TYPE, "content-length": "1000"}, "content": BODY * 50}, 413),
        ({"headers": {**TYPE, "content-length": "1000"}, "content": BODY[:500]}, 400),
    ],
)
async def test_what_was_not_announced_is_not_taken(
    browser: httpx.AsyncClient, folder: Folder, sent: dict[str, Any], status: int
) -> None:
    answer = await put(browser, folder.permits.sign(PERMIT), **sent)

    assert answer.status_code == status
    assert answer.json()["error"]
    assert await folder.fetch(upload_key("upload-1"), bytes_max=2_000) is None


async def test_a_permit_ends_with_its_time(browser: httpx.AsyncClient, folder: Folder, clock: Clock) -> None:
    token = folder.permits.sign(PERMIT)
    clock.moment = PERMIT.expires_at - timedelta(seconds=1)
    in_time = await put(browser, token)
    clock.moment = PERMIT.expires_at
    late = await put(browser, token)

    assert (in_time.status_code, late.status_code) == (201, 410)


def forged(token: str) -> list[str]:
    said, _, seal = token.partition(".")
    return [
        said,
        f"{said}.",
        f".{seal}",
        f"{said}.{seal[:-2]}",
        f"{said[:-4]}AAAA.{seal}",
        f"{said}.{seal}A",
        "nonsense",
        "%00",
        "é.é",
        "x" * 5_000,
        Permits("another secret").sign(PERMIT),
    ]


@pytest.mark.parametrize("number", range(11))
async def test_what_the_shop_did_not_give_out_opens_nothing(
    browser: httpx.AsyncClient, folder: Folder, number: int
) -> None:
    token = forged(folder.permits.sign(PERMIT))[number]

    assert (await put(browser, token)).status_code == 403
    assert await folder.fetch(upload_key("upload-1"), bytes_max=2_000) is None


async def test_a_page_of_another_site_may_send_with_a_permit(browser: httpx.AsyncClient, folder: Folder) -> None:
    token = folder.permits.sign(PERMIT)
    asked = await browser.options(f"/uploads/{token}", headers={"origin": "https://admin.example"})
    sent = await put(browser, token)

    for answer in (asked, sent):
        assert answer.headers["access-control-allow-origin"] == "*"
    assert "PUT" in asked.headers["access-control-allow-methods"]


async def test_pictures_are_kept_for_ever_by_browsers_and_taken_for_nothing_else(
    browser: httpx.AsyncClient, folder: Folder
) -> None:
    await folder.put(image_key("image-1", 160), b"a picture")
    got = await browser.get("/media/images/image-1/160.webp")
    again = await browser.get("/media/images/image-1/160.webp", headers={"if-none-match": got.headers["etag"]})

    assert got.content == b"a picture"
    assert got.headers["content-type"] == "image/webp"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "images/image-1/161.webp",
        "images/unknown/160.webp",
        "images/image-1/160.svg",
        "images/..%2Fuploads/160.webp",
        "images/%2e%2e/160.webp",
        "uploads/upload-1",
        "..%2f..%2fetc%2fpasswd",
    ],
)
async def test_nothing_but_pictures_comes_out(browser: httpx.AsyncClient, folder: Folder, path: str) -> None:
    await folder.put(image_key("image-1", 160), b"a picture")
    await folder.put_new(upload_key("upload-1"), b"what was sent")

    assert (await browser.get(f"/media/{path}")).status_code == 404


async def test_a_folder_that_is_none_is_named(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "media").write_text("a file stands here")
    broken = store_of(Settings(media_url=str(tmp_path / "media" / "below")))
    assert isinstance(broken, Folder)
    app = FastAPI()
    app.include_router(routes_of(broken, clock), prefix="/products")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop/products") as client:
        sent = await put(client, broken.permits.sign(PERMIT))
        shown = await client.get("/media/images/image-1/160.webp")

    assert (sent.status_code, shown.status_code) == (503, 503)


PRODUCTION = Settings(environment="production", internal_token=SecretStr("x" * 40))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "MEDIA_URL is not set"),
        ({"media_url": "/srv/media"}, "MEDIA_PUBLIC_URL is not set"),
        ({"media_url": "relative/folder"}, "absolute folder or s3://"),
        ({"media_url": "s3://b?endpoint=http://minio:9000"}, "without TLS"),
    ],
)
def test_production_keeps_pictures_where_they_are_safe(change: dict[str, Any], said: str) -> None:
    with pytest.raises(UnsafeSettings, match=said):
        refuse_unsafe(PRODUCTION.model_copy(update=change))


@pytest.mark.parametrize(
    "change",
    [
        {"media_url": "s3://bucket"},
        {"media_url": "s3://bucket?endpoint=https://s3.example&region=eu-1"},
        {"media_url": "/srv/media", "media_public_url": "https://shop.example/products"},
    ],
)
def test_production_takes_a_bucket_or_a_folder_that_is_reached(change: dict[str, Any]) -> None:
    refuse_unsafe(PRODUCTION.model_copy(update=change))


@pytest.mark.parametrize(
    ("url", "public", "expected"),
    [
        ("/srv/media", None, "http://127.0.0.1:4001/products/media/images/i/160.webp"),
        ("file:///srv/media", "https://shop.example/p/", "https://shop.example/p/media/images/i/160.webp"),
        ("s3://bucket?region=eu-1", None, "https://bucket.s3.eu-1.amazonaws.com/images/i/160.webp"),
        ("s3://bucket?endpoint=https://s3.example", None, "https://s3.example/bucket/images/i/160.webp"),
        ("s3://bucket", "https://cdn.example", "https://cdn.example/images/i/160.webp"),
    ],
)
def test_pictures_have_the_address_that_settings_say(url: str, public: str | None, expected: str) -> None:
    store = store_of(Settings(media_url=url, media_public_url=public))

    assert store.url(image_key("i", 160)) == expected
