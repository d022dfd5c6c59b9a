"""Where pictures are kept: a folder, or a bucket of S3 or of what speaks its protocol.

    store = store_of(settings)
    ticket = await store.ticket(upload_id, "image/png", 48_213, expires_at=…)     # where to send the file
    body = await store.fetch(upload_key(upload_id), bytes_max=48_213)              # None while nothing came
    await store.put(image_key(image_id, 480), body)
    store.url(image_key(image_id, 480))

Both are the same to the rest; what differs is where a browser sends a file: to the bucket, by a presigned URL, or to
this subgraph's own edge, by a permit (tickets.py). A store that refuses, is slow, hangs up or answers nonsense is a
SERVICE_UNAVAILABLE that names `media`, within MEDIA_TIMEOUT_MS for each exchange.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import parse_qs, urlsplit

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from chassis.clock import Clock, now
from chassis.errors import Unavailable
from chassis.settings import Settings, UnsafeSettings
from subgraphs.products.media.tickets import Permit, Permits

if TYPE_CHECKING:
    from obstore.store import S3Config

log = structlog.get_logger("subgraphs.products.media")

FOLDER: Final = ".shop/media"
CONTENT_TYPE: Final = "image/webp"
# A picture that changes is another picture with another address.
FOREVER: Final = "public, max-age=31536000, immutable"
_RETRIES: Final = 2


def upload_key(upload_id: str) -> str:
    """Where a file lies as it was sent. Nobody but the subgraph reads it."""
    return f"uploads/{upload_id}"


def images_prefix(image_id: str) -> str:
    """Below which the sizes of one picture lie."""
    return f"images/{image_id}/"


def image_key(image_id: str, width: int) -> str:
    """Where one size of a picture lies."""
    return f"{images_prefix(image_id)}{width}.webp"


@dataclass(frozen=True, slots=True)
class Ticket:
    """How to send a file: this request, with these headers and the file as its body."""

    url: str
    method: str
    headers: Mapping[str, str]


class ImageStore(Protocol):
    """Keeps files by key. Everything that asks the store raises Unavailable when it does not answer well."""

    async def ticket(self, upload_id: str, content_type: str, size_bytes: int, *, expires_at: datetime) -> Ticket:
        """How a browser sends the file of an upload."""
        ...

    async def fetch(self, key: str, *, bytes_max: int) -> bytes | None:
        """A file; None when there is none, and one byte too many when it is larger than `bytes_max`."""
        ...

    async def put(self, key: str, body: bytes) -> None:
        """Keep a WebP file, in place of one that was there."""
        ...

    async def put_new(self, key: str, body: bytes) -> bool:
        """Keep a file as it was sent, unless there is one: then False."""
        ...

    async def remove(self, prefix: str) -> None:
        """Remove the file of that key, or all below it where it ends with a slash; what is gone is gone."""
        ...

    def url(self, key: str) -> str:
        """Where a browser reads a file."""
        ...


class _Objects:
    """What folder and bucket have in common."""

    def __init__(self, connect: Callable[[], LocalStore | S3Store], base_url: str, timeout_ms: int) -> None:
        self._connect = connect
        self._base_url = base_url.rstrip("/")
        self._timeout_s = timeout_ms / 1_000

    @cached_property
    def _objects(self) -> LocalStore | S3Store:
        # Only when the first file comes or goes: a folder is made then, and not by whoever prints a schema.
        return self._connect()

    async def fetch(self, key: str, *, bytes_max: int) -> bytes | None:
        """See ImageStore. Reads no more than it has to, whatever lies there."""
        async with self._answering():
            try:
                found = await obstore.get_async(self._objects, key)
            except FileNotFoundError:
                return None
            body = bytearray()
            async for part in found.stream(min_chunk_size=65_536):
                body += bytes(part)
                if len(body) > bytes_max:
                    break
        return bytes(body[: bytes_max + 1])

    async def remove(self, prefix: str) -> None:
        """See ImageStore."""
        async with self._answering():
            keys = [] if prefix.endswith("/") else [prefix]
            if not keys:
                async for found in obstore.list(self._objects, prefix):
                    keys += [each["path"] for each in found]
            for key in keys:
                with contextlib.suppress(FileNotFoundError):
                    await obstore.delete_async(self._objects, key)

    def url(self, key: str) -> str:
        """See ImageStore."""
        return f"{self._base_url}/{key}"

    async def _put(self, key: str, body: bytes, *, new: bool, attributes: Mapping[str, str] | None = None) -> bool:
        async with self._answering():
            try:
                await obstore.put_async(
                    self._objects,
                    key,
                    body,
                    mode="create" if new else "overwrite",
                    attributes=dict(attributes) if attributes else None,
                    use_multipart=False,
                )
            except FileExistsError:
                return False
            except obstore.exceptions.AlreadyExistsError:
                return False
        return True

    @asynccontextmanager
    async def _answering(self) -> AsyncIterator[None]:
        try:
            # The library bounds each attempt; this bounds all of them, and a body that drips in.
            async with asyncio.timeout(self._timeout_s):
                yield
        except (BaseError, OSError, TimeoutError) as error:
            log.warning("media_store_failed", error=repr(error)[:300])
            raise Unavailable("The store of pictures does not answer; try again.", service="media") from error


class Folder(_Objects):
    """A folder on this machine. Files are sent to this subgraph's own edge."""

    def __init__(self, path: Path, base_url: str, permits: Permits, *, timeout_ms: int) -> None:
        super().__init__(lambda: LocalStore(path, mkdir=True), f"{base_url.rstrip('/')}/media", timeout_ms)
        self._uploads_url = f"{base_url.rstrip('/')}/uploads"
        self.permits = permits

    async def ticket(self, upload_id: str, content_type: str, size_bytes: int, *, expires_at: datetime) -> Ticket:
        """See ImageStore."""
        token = self.permits.sign(Permit(upload_id, content_type, size_bytes, expires_at))
        return Ticket(f"{self._uploads_url}/{token}", "PUT", {"Content-Type": content_type})

    async def put(self, key: str, body: bytes) -> None:
        """See ImageStore."""
        await self._put(key, body, new=False)

    async def put_new(self, key: str, body: bytes) -> bool:
        """See ImageStore."""
        return await self._put(key, body, new=True)


class Bucket(_Objects):
    """A bucket. Files are sent to it by presigned URLs, and read from it or from a CDN before it."""

    def __init__(self, objects: S3Store, base_url: str, *, timeout_ms: int, clock: Clock = now) -> None:
        super().__init__(lambda: objects, base_url, timeout_ms)
        self._bucket = objects
        self._clock = clock

    async def ticket(self, upload_id: str, content_type: str, size_bytes: int, *, expires_at: datetime) -> Ticket:  # noqa: ARG002 -- a presigned PUT bounds no size; the picture is measured when it is attached
        """See ImageStore."""
        remaining = max(expires_at - self._clock(), timedelta(seconds=1))
        async with self._answering():
            url = await obstore.sign_async(self._bucket, "PUT", upload_key(upload_id), remaining)
        return Ticket(url, "PUT", {"Content-Type": content_type})

    async def put(self, key: str, body: bytes) -> None:
        """See ImageStore."""
        await self._put(key, body, new=False, attributes={"Content-Type": CONTENT_TYPE, "Cache-Control": FOREVER})

    async def put_new(self, key: str, body: bytes) -> bool:
        """See ImageStore."""
        return await self._put(key, body, new=True)


def folder_of(settings: Settings) -> Path | None:
    """The folder pictures are kept in; None where it is a bucket. Raises UnsafeSettings for what is neither."""
    if settings.media_url is None:
        return Path(FOLDER)
    if settings.media_url.startswith("s3://"):
        return None
    path = Path(settings.media_url.removeprefix("file://"))
    if not path.is_absolute():
        raise UnsafeSettings(f"MEDIA_URL is an absolute folder or s3://bucket, not {settings.media_url!r}")
    return path


def refuse_unsafe(settings: Settings) -> None:
    """Raise UnsafeSettings where production would lose pictures, or send files and keys in the clear."""
    folder = folder_of(settings)
    if not settings.production:
        return
    if settings.media_url is None:
        raise UnsafeSettings("MEDIA_URL is not set: name a bucket or a folder that outlives this container")
    if folder is not None and settings.media_public_url is None:
        raise UnsafeSettings("MEDIA_PUBLIC_URL is not set: say where browsers reach the products subgraph's edge")
    endpoint = parse_qs(urlsplit(settings.media_url).query).get("endpoint", [""])[0]
    if folder is None and endpoint.startswith("http://"):
        raise UnsafeSettings("MEDIA_URL names an endpoint without TLS: use https://")


def store_of(settings: Settings, *, clock: Clock = now) -> Folder | Bucket:
    """The store the settings name; a bucket is asked nothing yet."""
    folder = folder_of(settings)
    if folder is not None:
        base_url = settings.media_public_url or f"{settings.subgraphs_url.rstrip('/')}/products"
        permits = Permits(settings.internal_token.get_secret_value())
        return Folder(folder, base_url, permits, timeout_ms=settings.media_timeout_ms)
    parts = urlsplit(settings.media_url or "")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    region, endpoint = query.get("region", "us-east-1"), query.get("endpoint")
    seconds = timedelta(milliseconds=settings.media_timeout_ms)
    config: S3Config = {"region": region, "virtual_hosted_style_request": endpoint is None}
    if settings.media_access_key_id and settings.media_secret_access_key:
        config["access_key_id"] = settings.media_access_key_id
        config["secret_access_key"] = settings.media_secret_access_key.get_secret_value()
    if endpoint:
        config["endpoint"] = endpoint
    objects = S3Store(
        parts.netloc,
        config=config,
        client_options={
            "allow_http": bool(endpoint and endpoint.startswith("http://")),
            "timeout": seconds,
            "connect_timeout": seconds,
        },
        retry_config={"max_retries": _RETRIES, "retry_timeout": seconds},
    )
    own = f"{endpoint.rstrip('/')}/{parts.netloc}" if endpoint else f"https://{parts.netloc}.s3.{region}.amazonaws.com"
    return Bucket(objects, settings.media_public_url or own, timeout_ms=settings.media_timeout_ms, clock=clock)
