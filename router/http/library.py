"""Calls over TLS and through proxies, by aiohttp: the same interface as our own client, for what that leaves out."""

from __future__ import annotations

import aiohttp

from router.http.transport import CutOff, Done, Malformed, Oversized, Refused, Reply, TaskCall, TimedOut


class LibraryClient:
    """An Exchange for https:// URLs; proxies are taken from the environment (HTTPS_PROXY, NO_PROXY)."""

    def __init__(
        self, *, connections_max: int = 256, connect_timeout_ms: int = 5_000, response_bytes_max: int = 64 * 1024 * 1024
    ) -> None:
        self.connections_max = connections_max
        self.connect_timeout_ms = connect_timeout_ms
        self.response_bytes_max = response_bytes_max
        self._session: aiohttp.ClientSession | None = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit_per_host=self.connections_max)
            self._session = aiohttp.ClientSession(connector=connector, trust_env=True)
        return self._session

    def send(
        self, url: str, headers: bytes, body: bytes, *, timeout_ms: int, repeatable: bool, on_done: Done
    ) -> TaskCall:
        """See Exchange.send."""
        return TaskCall(self._post(url, headers, body, timeout_ms, repeatable=repeatable), on_done)

    async def _post(self, url: str, headers: bytes, body: bytes, timeout_ms: int, *, repeatable: bool) -> Reply:
        # aiohttp itself tries a stale connection again only for idempotent methods, so we do it for our queries.
        try:
            return await self._request(url, headers, body, timeout_ms)
        except CutOff:
            if not repeatable:
                raise
        return await self._request(url, headers, body, timeout_ms)

    async def _request(self, url: str, headers: bytes, body: bytes, timeout_ms: int) -> Reply:
        sent = [
            ("content-type", "application/json"),
            ("accept", "application/graphql-response+json, application/json"),
        ]
        for line in headers.split(b"\r\n"):
            name, colon, value = line.partition(b":")
            if colon:
                sent.append((name.decode("latin-1"), value.strip().decode("latin-1")))
        timeout = aiohttp.ClientTimeout(total=timeout_ms / 1000, sock_connect=self.connect_timeout_ms / 1000)
        try:
            async with self._open().post(
                url, data=body, headers=sent, timeout=timeout, allow_redirects=False
            ) as response:
                chunks: list[bytes] = []
                size = 0
                async for chunk in response.content.iter_any():
                    size += len(chunk)
                    if size > self.response_bytes_max:
                        raise Oversized(f"{response.host} answered with more than {self.response_bytes_max} bytes")
                    chunks.append(chunk)
                return Reply(response.status, response.headers.get("content-type", ""), b"".join(chunks))
        except TimeoutError:
            raise TimedOut(f"{url} did not answer within {timeout_ms} ms") from None
        except aiohttp.ClientConnectorError as error:
            raise Refused(f"{error.host} cannot be reached: {error.os_error.strerror or error.os_error}") from error
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError, aiohttp.ClientOSError) as error:
            raise CutOff(f"{url}: the connection ended before the reply did") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise Malformed(f"{url}: {error}") from error

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None
