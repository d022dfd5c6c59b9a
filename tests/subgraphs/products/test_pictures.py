"""Pictures of products: announced, sent, attached, shown, arranged, removed and swept; in a folder and in an S3."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr
from sqlalchemy import text

from chassis.clock import now
from chassis.errors import Unavailable
from chassis.settings import Settings
from chassis.testing import Client, under_test
from chassis.viewer import Viewer
from subgraphs.products import seed
from subgraphs.products.app import subgraph
from subgraphs.products.media import Encoder, store_of
from subgraphs.products.service import Pictures
from subgraphs.products.shelf import Shelf
from tests.chassis.conftest import Respond, answering, silent, unused_url
from tests.subgraphs.products.photographs import bomb, photograph, picture, shown

pytestmark = pytest.mark.anyio

REFUSAL = "... on Refusal { code message field }"
IMAGE = "id url alt width height variants { url width height bytes }"
ANNOUNCE = f"""mutation($input: ImageUploadCreateInput!) {{ imageUploadCreate(input: $input) {{ __typename
  ... on ImageUploadCreateSuccess {{ upload {{ id url method headers {{ name value }} expiresAt }} }} {REFUSAL} }} }}"""
ATTACH = f"""mutation($input: ImageAttachInput!) {{ imageAttach(input: $input) {{ __typename
  ... on ImageAttachSuccess {{ image {{ {IMAGE} }} product {{ images {{ id }} }} }} {REFUSAL} }} }}"""
DESCRIBE = f"""mutation($input: ImageUpdateInput!) {{ imageUpdate(input: $input) {{ __typename
  ... on ImageUpdateSuccess {{ image {{ alt }} }} {REFUSAL} }} }}"""
ARRANGE = f"""mutation($input: ImagesArrangeInput!) {{ imagesArrange(input: $input) {{ __typename
  ... on ImagesArrangeSuccess {{ product {{ images {{ id }} }} }} {REFUSAL} }} }}"""
REMOVE = f"""mutation($id: ID!) {{ imageRemove(id: $id) {{ __typename
  ... on ImageRemoveSuccess {{ product {{ images {{ id }} }} }} {REFUSAL} }} }}"""
BUCKET = "pictures"


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    """An S3 that speaks real HTTP, with a bucket."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    client.create_bucket(Bucket=BUCKET)
    # Pictures are for everybody; what was sent is not.
    everybody = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/images/*",
    }
    client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [everybody]}))
    client.close()
    yield endpoint
    server.stop()


@pytest.fixture(scope="module", params=["folder", "s3"])
async def products(
    request: pytest.FixtureRequest,
    postgres_url: str,
    database_prefix: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Client]:
    # Pictures are removed in the database itself between tests; what is remembered is for test_shelf.py.
    server = Settings(
        database_url=postgres_url, database_prefix=database_prefix, catalogue_cache_s=0, media_timeout_ms=30_000
    )
    if request.param == "folder":
        settings = server.model_copy(update={"media_url": str(tmp_path_factory.mktemp("media"))})
    else:
        url = f"s3://{BUCKET}?endpoint={request.getfixturevalue('s3_url')}&region=us-east-1"
        settings = server.model_copy(
            update={
                "media_url": url,
                "media_access_key_id": "key",
                "media_secret_access_key": SecretStr("secret"),
            }
        )
    async with under_test("products", subgraph, settings, seed=seed.demo) as client:
        yield client


@pytest.fixture
async def product(products: Client) -> str:
    """A product without pictures."""
    async with products.database.transaction() as session:
        for table in ("images", "uploads", "discarded_objects"):
            await session.execute(text(f"DELETE FROM {table}"))
    return "prod-tv-001"


async def do(products: Client, operation: str, input: dict[str, Any], admin: dict[str, Any]) -> dict[str, Any]:
    # One input, or the same things as arguments.
    answer = await products.ask(operation, {"input": input, **input}, **admin)
    assert answer.errors == []
    return dict(next(iter(answer.data.values())))


async def announce(
    products: Client, admin: dict[str, Any], product: str, body: bytes, content_type: str = "image/png"
) -> dict[str, Any]:
    said = {"productId": product, "fileName": "tv.png", "contentType": content_type, "bytes": len(body)}
    done = await do(products, ANNOUNCE, said, admin)
    assert done["__typename"] == "ImageUploadCreateSuccess", done
    return dict(done["upload"])


async def exchange(products: Client, method: str, url: str, **sent: Any) -> httpx.Response:
    """As a browser would: to the subgraph's own edge, or to the bucket."""
    if url.startswith(products.settings.subgraphs_url):
        return await products.http.request(method, urlsplit(url).path, **sent)
    async with httpx.AsyncClient(timeout=30) as browser:
        return await browser.request(method, url, **sent)


async def send(products: Client, upload: dict[str, Any], body: bytes) -> httpx.Response:
    headers = {each["name"]: each["value"] for each in upload["headers"]}
    return await exchange(products, upload["method"], upload["url"], headers=headers, content=body)


async def attach(
    products: Client,
    admin: dict[str, Any],
    product: str,
    body: bytes | None = None,
    content_type: str = "image/png",
    alt: str = "A television",
) -> dict[str, Any]:
    body = picture() if body is None else body
    upload = await announce(products, admin, product, body, content_type)
    assert (await send(products, upload, body)).is_success
    done = await do(products, ATTACH, {"uploadId": upload["id"], "productId": product, "altText": alt}, admin)
    return {**done, "uploadId": upload["id"]}


async def images(products: Client, product: str) -> list[dict[str, Any]]:
    answer = await products.ask(f'{{ product(id: "{product}") {{ images {{ {IMAGE} }} }} }}')
    assert answer.errors == []
    return list(answer.data["product"]["images"])


async def test_a_file_becomes_a_picture_that_everybody_sees(
    products: Client, admin: dict[str, Any], product: str
) -> None:
    done = await attach(products, admin, product, photograph(1200, 900), "image/jpeg", alt="  A wide television ")
    (image,) = await images(products, product)

    assert done["image"] == image
    assert (image["alt"], image["width"], image["height"]) == ("A wide television", 1200, 900)
    assert [each["width"] for each in image["variants"]] == [160, 480, 960, 1200]
    assert image["url"] == image["variants"][-1]["url"]
    for each in image["variants"]:
        got = await exchange(products, "GET", each["url"])
        assert got.status_code == 200
        assert got.headers["content-type"] == "image/webp"
        assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert len(got.content) == each["bytes"]
        assert shown(got.content).size == (each["width"], each["height"])
        assert b"Secret" not in got.content


async def test_a_list_of_products_reads_all_pictures_in_one_statement(
    products: Client, admin: dict[str, Any], product: str
) -> None:
    await attach(products, admin, product)
    with products.database.counting() as statements:
        found = await products.ask(f"{{ products(first: 15) {{ edges {{ node {{ images {{ {IMAGE} }} }} }} }} }}")

    assert found.errors == []
    assert len([each for each in statements if "FROM images" in each]) == 1


async def test_what_was_sent_itself_is_shown_to_nobody(products: Client, admin: dict[str, Any], product: str) -> None:
    upload = await announce(products, admin, product, body := picture())
    await send(products, upload, body)
    key = f"uploads/{upload['id']}"

    for path in (f"/products/media/{key}", f"/products/media/images/../{key}", f"/products/media/{key}.webp"):
        assert (await products.http.get(path)).status_code == 404


async def test_attaching_twice_or_at_once_is_one_picture(products: Client, admin: dict[str, Any], product: str) -> None:
    upload = await announce(products, admin, product, body := picture())
    await send(products, upload, body)
    said = {"uploadId": upload["id"], "productId": product, "altText": "A television"}
    done = await asyncio.gather(*(do(products, ATTACH, said, admin) for _ in range(4)))
    again = await do(products, ATTACH, said, admin)

    assert {each["image"]["id"] for each in (*done, again)} == {upload["id"]}
    assert len(await images(products, product)) == 1


async def test_many_pictures_at_once_each_have_their_place(
    products: Client, admin: dict[str, Any], product: str
) -> None:
    done = await asyncio.gather(*(attach(products, admin, product, picture(64, 64)) for _ in range(5)))
    async with products.database.reading() as session:
        places = [row[0] for row in await session.execute(text("SELECT position FROM images ORDER BY 1"))]

    assert {each["__typename"] for each in done} == {"ImageAttachSuccess"}
    assert places == [0, 1, 2, 3, 4]


async def test_a_product_has_so_many_pictures_and_no_more(
    products: Client, admin: dict[str, Any], product: str
) -> None:
    async with products.database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO images SELECT 'many-' || n, :product, 'x', n, 1, 1, "
                """'[{"width": 1, "height": 1, "bytes": 1}]', now() FROM generate_series(1, 19) n"""
            ),
            {"product": product},
        )
    done = await asyncio.gather(*(attach(products, admin, product, picture(64, 64)) for _ in range(3)))

    assert sorted(each["__typename"] for each in done) == ["ImageAttachSuccess", "TooManyImages", "TooManyImages"]
    assert len(await images(products, product)) == 20


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"contentType": "image/svg+xml"}, "contentType"),
        ({"contentType": "text/html"}, "contentType"),
        ({"bytes": 0}, "bytes"),
        ({"bytes": -5}, "bytes"),
        ({"bytes": 10_000_001}, "bytes"),
        ({"fileName": " "}, "fileName"),
        ({"fileName": "x" * 256}, "fileName"),
        ({"productId": "prod-mistyped"}, "productId"),
    ],
)
async def test_a_file_that_could_not_be_taken_is_refused_before_it_is_sent(
    products: Client, admin: dict[str, Any], product: str, said: dict[str, Any], field: str
) -> None:
    good = {"productId": product, "fileName": "tv.png", "contentType": "image/png", "bytes": 100}
    done = await do(products, ANNOUNCE, {**good, **said}, admin)

    assert done["field"] == ["input", field]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a JPEG, PNG or WebP"),
        (bomb(60_000, 60_000), "at most"),
        (photograph(), "image/jpeg, not image/png"),
        (picture()[:-300], "damaged"),
    ],
    ids=["svg", "bomb", "another type", "cut off"],
)
async def test_what_is_no_picture_is_not_attached(
    products: Client, admin: dict[str, Any], product: str, body: bytes, said: str
) -> None:
    done = await attach(products, admin, product, body)

    assert (done["__typename"], done["code"]) == ("ImageRejected", "INVALID")
    assert said in done["message"]
    assert await images(products, product) == []


async def test_what_has_not_arrived_is_asked_for(products: Client, admin: dict[str, Any], product: str) -> None:
    upload = await announce(products, admin, product, picture())
    said = {"uploadId": upload["id"], "productId": product, "altText": "A television"}

    assert (await do(products, ATTACH, said, admin))["__typename"] == "UploadNotThere"
    for other in ({"productId": "prod-mouse-001"}, {"uploadId": "unknown"}):
        assert (await do(products, ATTACH, {**said, **other}, admin))["code"] == "NOT_FOUND"
    for words in ("", "   ", "x" * 301):
        assert (await do(products, ATTACH, {**said, "altText": words}, admin))["field"] == ["input", "altText"]


async def test_pictures_are_described_arranged_and_removed(
    products: Client, admin: dict[str, Any], product: str
) -> None:
    first, second, third = [(await attach(products, admin, product, picture(64, 64)))["uploadId"] for _ in range(3)]
    await do(products, DESCRIBE, {"id": second, "altText": "From behind"}, admin)
    arranged = await do(products, ARRANGE, {"productId": product, "imageIds": [third, first, second]}, admin)
    partial = await do(products, ARRANGE, {"productId": product, "imageIds": [third, first]}, admin)
    twice = await do(products, ARRANGE, {"productId": product, "imageIds": [third, third, first]}, admin)
    url = (await images(products, product))[1]["url"]
    removed = await do(products, REMOVE, {"id": first}, admin)
    again = await do(products, REMOVE, {"id": first}, admin)

    assert [each["id"] for each in arranged["product"]["images"]] == [third, first, second]
    assert partial["field"] == twice["field"] == ["input", "imageIds"]
    assert [each["id"] for each in removed["product"]["images"]] == [third, second]
    assert again["code"] == "NOT_FOUND"
    assert [each["alt"] for each in await images(products, product)] == ["A television", "From behind"]
    assert (await exchange(products, "GET", url)).status_code == 200
    await pictures_of(products).sweep()
    assert (await exchange(products, "GET", url)).status_code in {403, 404}


@pytest.mark.parametrize("asking", [{}, {"user": "user-alice"}])
async def test_customers_send_no_pictures(products: Client, asking: dict[str, Any]) -> None:
    expected = ["FORBIDDEN"] if asking else ["UNAUTHENTICATED"]
    said = {"productId": "prod-tv-001", "fileName": "tv.png", "contentType": "image/png", "bytes": 100}

    assert (await products.ask(ANNOUNCE, {"input": said}, **asking)).codes == expected
    attaching = {"uploadId": "x", "productId": "prod-tv-001", "altText": "x"}
    assert (await products.ask(ATTACH, {"input": attaching}, **asking)).codes == expected
    assert (await products.ask(REMOVE, {"id": "x"}, **asking)).codes == expected


def pictures_of(products: Client, *, later: timedelta = timedelta()) -> Pictures:
    """The use-cases as they would run at another time."""
    return Pictures(
        products.database,
        Shelf(None),
        store_of(products.settings),
        Encoder(),
        bytes_max=1_000_000,
        clock=lambda: now() + later,
    )


async def test_what_is_never_attached_is_swept(products: Client, admin: dict[str, Any], product: str) -> None:
    kept = await attach(products, admin, product)
    upload = await announce(products, admin, product, body := picture())
    await send(products, upload, body)
    store = store_of(products.settings)

    # What was sent of an attached picture goes at once; what may still be attached stays.
    assert await pictures_of(products).sweep() == 1
    assert await store.fetch(f"uploads/{upload['id']}", bytes_max=10**6) == body
    assert await pictures_of(products, later=timedelta(hours=2)).sweep() == 2
    assert await store.fetch(f"uploads/{upload['id']}", bytes_max=10**6) is None
    assert await pictures_of(products, later=timedelta(hours=2)).sweep() == 0
    assert [each["id"] for each in await images(products, product)] == [kept["uploadId"]]
    gone = {"uploadId": upload["id"], "productId": product, "altText": "A television"}
    assert (await do(products, ATTACH, gone, admin))["code"] == "NOT_FOUND"


async def test_sizes_a_dead_process_left_are_swept(products: Client, admin: dict[str, Any], product: str) -> None:
    upload = await announce(products, admin, product, picture())
    store = store_of(products.settings)
    await store.put(f"images/{upload['id']}/160.webp", b"left")

    assert await pictures_of(products, later=timedelta(hours=2)).sweep() == 2
    assert await store.fetch(f"images/{upload['id']}/160.webp", bytes_max=10) is None


async def test_pictures_change_with_the_products_events(products: Client, admin: dict[str, Any], product: str) -> None:
    async with products.database.transaction() as session:
        await session.execute(text("DELETE FROM outbox"))
    done = await attach(products, admin, product)
    await do(products, REMOVE, {"id": done["uploadId"]}, admin)
    async with products.database.reading() as session:
        told = (await session.execute(text("SELECT type, aggregate_id FROM outbox"))).all()

    assert [tuple(row) for row in told] == [("ProductUpdated", product)] * 2


def replying(reply: bytes) -> Respond:
    """Read a request, answer these bytes and hang up."""

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        await writer.drain()

    return respond


# What an S3 does that it should not.
MANNERS = {
    "is silent": silent,
    "breaks off": replying(
        b"HTTP/1.1 200 OK\r\nlast-modified: Thu, 01 Jan 2026 00:00:00 GMT\r\netag: x\r\n"
        b"content-length: 100000\r\n\r\nhalf"
    ),
    "fails": replying(b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n"),
    "answers nonsense": replying(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    "knows nobody": replying(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n"),
    "hangs up": replying(b""),
}


@asynccontextmanager
async def misbehaving(manner: str) -> AsyncIterator[str]:
    """Where an S3 is said to be that refuses connections, or takes them and then misbehaves."""
    if manner == "refuses":
        yield unused_url()
        return
    async with answering(MANNERS[manner]) as url:
        yield url


@pytest.mark.parametrize("manner", ["refuses", *MANNERS])
async def test_a_store_that_does_not_answer_well_is_named_and_nothing_is_lost(
    products: Client, admin: dict[str, Any], product: str, manner: str
) -> None:
    upload = await announce(products, admin, product, body := picture(64, 64))
    await send(products, upload, body)
    async with misbehaving(manner) as endpoint:
        away = Settings(
            media_url=f"s3://{BUCKET}?endpoint={endpoint}",
            media_access_key_id="key",
            media_secret_access_key=SecretStr("secret"),
            media_timeout_ms=300,
        )
        keeper = Viewer(user_id="user-admin", scopes=frozenset({"products:write"}))
        pictures = Pictures(products.database, Shelf(None), store_of(away), Encoder(), bytes_max=10**6)
        with pytest.raises(Unavailable) as raised:
            await pictures.attach(upload["id"], product, alt_text="x", viewer=keeper)

    assert raised.value.extensions == {"code": "SERVICE_UNAVAILABLE", "service": "media"}
    assert await images(products, product) == []
    said = {"uploadId": upload["id"], "productId": product, "altText": "A television"}
    assert (await do(products, ATTACH, said, admin))["__typename"] == "ImageAttachSuccess"


async def test_what_cannot_be_removed_now_is_removed_by_a_later_sweep(
    products: Client, admin: dict[str, Any], product: str
) -> None:
    await attach(products, admin, product)
    async with misbehaving("fails") as endpoint:
        away = Settings(media_url=f"s3://{BUCKET}?endpoint={endpoint}", media_timeout_ms=300)
        with pytest.raises(Unavailable):
            await Pictures(products.database, Shelf(None), store_of(away), Encoder(), bytes_max=1).sweep()

    assert await pictures_of(products).sweep() == 1
