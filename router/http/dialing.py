"""How a TLS connection is made: certificates, a proxy on the way, and the protocol that both sides agree on (ALPN).

Theory. A `Landing` stands at the far end of every new connection. Once it is made, and it is known what was agreed on,
it puts the connection's true protocol in its own place. A proxy is asked for a tunnel first (CONNECT, RFC 9110, 9.3.6),
and TLS is begun inside it.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Callable
from typing import cast
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from router.http.transport import CutOff, Refused, complaint

REPLY_HEAD_BYTES_MAX = 16 * 1024
# A peer that does not close its side must not hold ours.
_SHUTDOWN_SECONDS = 2.0

Settle = Callable[[str | None], asyncio.Protocol]


def trust(authorities: str | None) -> ssl.SSLContext:
    """What certificates are held against: these authorities (PEM), or else the system's, or SSL_CERT_FILE's.

    Raises ValueError when the text holds no certificate.
    """
    try:
        return ssl.create_default_context(cadata=authorities)
    except (ssl.SSLError, ValueError) as error:
        raise ValueError(f"not certificates in PEM: {error}") from error


class Dialler:
    """Makes connections to hosts, by TLS when there is a context; `protocols` are offered in this order (RFC 7301)."""

    def __init__(self, context: ssl.SSLContext | None, protocols: list[str]) -> None:
        self.context = context
        self.protocols = protocols
        if context is not None:
            context.set_alpn_protocols(protocols)

    async def dial(self, host: str, port: int, settle: Settle) -> asyncio.Protocol:
        """Connect; `settle` gets the protocol agreed on, if any, and makes what speaks it.

        Raises Refused, saying what is wrong, or OSError.
        """
        loop = asyncio.get_running_loop()
        landing = Landing(settle)
        if self.context is None:
            await loop.create_connection(lambda: landing, host, port)
            return landing.settled
        proxy = proxy_for(host, port)
        try:
            if proxy is None:
                await loop.create_connection(
                    lambda: landing, host, port, ssl=self.context, ssl_shutdown_timeout=_SHUTDOWN_SECONDS
                )
            else:
                tunnel = await dig(proxy, host, port)
                secured = await loop.start_tls(
                    tunnel, landing, self.context, server_hostname=host, ssl_shutdown_timeout=_SHUTDOWN_SECONDS
                )
                if secured is None:
                    raise CutOff(f"{host}:{port} closed the connection while TLS began")
                landing.connection_made(secured)
        except ssl.SSLError as error:
            raise Refused(f"{host}:{port} cannot be reached: {self._complaint(error)}") from error
        except ConnectionError as error:
            raise Refused(f"{host}:{port} cannot be reached: {complaint(error)}") from error
        return landing.settled

    def _complaint(self, error: ssl.SSLError) -> str:
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted: {error.verify_message}"
        reason = error.reason or str(error)
        if "NO_APPLICATION_PROTOCOL" in reason:
            return f"it does not speak {' or '.join(self.protocols)}, see experimental_http2"
        if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
            return "it does not speak TLS on this port"
        return f"TLS failed: {reason.lower().replace('_', ' ')}"


class Landing(asyncio.Protocol):
    """Stands in until it is known what is spoken; what comes before that is kept."""

    def __init__(self, settle: Settle) -> None:
        self._settle = settle
        self._settled: asyncio.Protocol | None = None
        self._early: list[bytes] = []
        self._ended = False

    @property
    def settled(self) -> asyncio.Protocol:
        """The true protocol, once connected."""
        assert self._settled is not None
        return self._settled

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        secured = transport.get_extra_info("ssl_object")
        settled = self._settled = self._settle(None if secured is None else secured.selected_alpn_protocol())
        cast("asyncio.Transport", transport).set_protocol(settled)
        settled.connection_made(transport)
        early, self._early = self._early, []
        for data in early:
            settled.data_received(data)
        if self._ended:
            settled.connection_lost(None)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._early.append(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        """See asyncio.Protocol."""
        self._ended = True


# ------------------------------------------------------------------------------------------------------------- proxies


def proxy_for(host: str, port: int) -> str | None:
    """The URL of the proxy for an https host: HTTPS_PROXY or ALL_PROXY, unless NO_PROXY names the host."""
    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all")
    if not proxy or proxy_bypass(f"{host}:{port}"):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


async def dig(proxy: str, host: str, port: int) -> asyncio.Transport:
    """A tunnel through the proxy to the host. Raises Refused, naming the proxy, or OSError."""
    parts = urlsplit(proxy)
    if parts.scheme not in ("http", "https"):
        raise Refused(f"{parts.scheme}:// proxies are not spoken to: HTTPS_PROXY must be an http or https URL")
    where, secured = parts.hostname or "", parts.scheme == "https"
    at = parts.port or (443 if secured else 80)
    loop = asyncio.get_running_loop()
    digging = _Digging(f"the proxy {where}:{at}")
    try:
        transport, _ = await loop.create_connection(
            lambda: digging, where, at, ssl=ssl.create_default_context() if secured else None
        )
    except OSError as error:
        said = getattr(error, "verify_message", None) or complaint(error)
        raise Refused(f"the proxy {where}:{at} cannot be reached: {said}") from error
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"host: {target}"]
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        lines.append(f"proxy-authorization: Basic {base64.b64encode(pair.encode()).decode()}")
    try:
        transport.write("\r\n".join((*lines, "", "")).encode("latin-1"))
        await digging.through
    except BaseException:
        transport.abort()
        raise
    return transport


class _Digging(asyncio.Protocol):
    """Waits for the proxy's reply to CONNECT."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.through: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._head = b""

    def data_received(self, data: bytes) -> None:
        self._head += data
        if self.through.done():
            return
        if b"\r\n\r\n" in self._head:
            line = self._head.partition(b"\r\n")[0].split(b" ", 2)
            if line[0].startswith(b"HTTP/1.") and len(line) > 1 and line[1].startswith(b"2"):
                self.through.set_result(None)
            else:
                said = b" ".join(line[1:])[:100].decode("latin-1")
                self.through.set_exception(Refused(f"{self.name} refused the tunnel: {said}"))
        elif len(self._head) > REPLY_HEAD_BYTES_MAX:
            self.through.set_exception(Refused(f"{self.name} did not answer in HTTP"))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        if not self.through.done():
            self.through.set_exception(Refused(f"{self.name} closed the connection"))
