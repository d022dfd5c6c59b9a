"""Calls by the kept library: the same outcomes as our own client's, and TLS besides."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from router.http.library import LibraryClient
from router.http.transport import CutOff, Oversized, Refused, Reply, TimedOut, post
from tests.router.http.rogue import Peer, rogue

pytestmark = pytest.mark.anyio


async def echo(peer: Peer) -> None:
    while True:
        await peer.reply(await peer.request())


async def ask(made: LibraryClient, url: str, *, timeout_ms: int = 5_000) -> Reply:
    try:
        return await post(made, url, b"x-shown: yes\r\n", b"{}", timeout_ms=timeout_ms, repeatable=False)
    finally:
        await made.close()


async def test_a_reply_comes_back_and_headers_are_sent() -> None:
    async with rogue(echo) as server:
        reply = await ask(LibraryClient(), server.url)

    assert reply == Reply(200, "application/json", b"{}")
    assert b"x-shown: yes" in server.requests[0].lower()


async def test_silence_times_out() -> None:
    async def silent(peer: Peer) -> None:
        await peer.request()
        await peer.reader.read()

    async with rogue(silent) as server:
        with pytest.raises(TimedOut):
            await ask(LibraryClient(), server.url, timeout_ms=50)


async def test_a_refused_connection_is_refused() -> None:
    async with rogue(echo) as server:
        url = server.url
    with pytest.raises(Refused):
        await ask(LibraryClient(), url)


async def test_a_reply_cut_off_is_told_from_a_whole_one() -> None:
    async def cut(peer: Peer) -> None:
        await peer.request()
        await peer.say(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")

    async with rogue(cut) as server:
        with pytest.raises(CutOff):
            await ask(LibraryClient(), server.url)


async def test_a_reply_over_the_limit_is_dropped() -> None:
    async def large(peer: Peer) -> None:
        await peer.request()
        await peer.reply(b"x" * 100_000)

    async with rogue(large) as server:
        with pytest.raises(Oversized):
            await ask(LibraryClient(response_bytes_max=1_000), server.url)


async def test_tls_is_spoken_and_an_unknown_certificate_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    async with rogue(echo, context) as server:
        with pytest.raises(Refused):
            await ask(LibraryClient(), server.url)
        trusting = LibraryClient()
        trusting._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=ssl.create_default_context(cafile=certificate))
        )
        reply = await ask(trusting, server.url)

    assert server.url.startswith("https://")
    assert reply.body == b"{}"


def _certificate(directory: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody else trusts."""
    import ipaddress

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rogue")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = directory / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file
