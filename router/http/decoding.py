"""Bodies as they were before their content-encoding: gzip and deflate, never larger than a limit."""

from __future__ import annotations

import zlib

from router.http.transport import Malformed, Oversized

_GZIP_OR_ZLIB = 47
_RAW_DEFLATE = -15


def decoded(name: str, encoding: bytes, body: bytes, bytes_max: int) -> bytes:
    """The body without its content-encoding (RFC 9110, 8.4.1). `name` is the host, for messages.

    Raises Malformed where it is broken or the encoding is another, Oversized where it unpacks to more than `bytes_max`.
    """
    if not encoding or encoding == b"identity":
        return body
    said = encoding.decode("latin-1")
    if encoding not in (b"gzip", b"x-gzip", b"deflate"):
        raise Malformed(f"{name} answered with content-encoding {said}")
    window = _GZIP_OR_ZLIB
    if encoding == b"deflate" and not _has_zlib_header(body):
        # Some servers leave the zlib wrapper off, against the letter of the specification.
        window = _RAW_DEFLATE
    pieces: list[bytes] = []
    left = bytes_max + 1
    rest = body
    try:
        while True:
            inflate = zlib.decompressobj(window)
            pieces.append(inflate.decompress(rest, left))
            left -= len(pieces[-1])
            if left <= 0:
                raise Oversized(f"{name} answered with more than {bytes_max} bytes")
            if not inflate.eof:
                raise Malformed(f"{name}: the {said} body ends early")
            rest = inflate.unused_data
            # A gzip body may be several members, one after the other (RFC 1952, 2.2).
            if not rest.startswith(b"\x1f\x8b"):
                return b"".join(pieces)
    except zlib.error as error:
        raise Malformed(f"{name}: broken {said} body") from error


def _has_zlib_header(body: bytes) -> bool:
    return len(body) >= 2 and body[0] & 0x0F == 8 and int.from_bytes(body[:2]) % 31 == 0
