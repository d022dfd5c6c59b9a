"""multipart/mixed, read and written as it comes: Apollo's subscription and incremental delivery protocols. Pure.

--graphql
content-type: application/json

{"payload": {"data": {…}}}
--graphql--
"""

from __future__ import annotations

import re
from typing import Final

MEDIA_TYPE: Final = "multipart/mixed"
_BOUNDARY: Final = re.compile(r'boundary="?([^";,]{1,70})"?', re.IGNORECASE)
OPENING: Final = b"\r\n--graphql"
CLOSING: Final = b"--\r\n"


class Broken(Exception):
    """The body is not what its content-type says, or one part is larger than allowed."""


def part(body: bytes) -> bytes:
    """One part and the boundary after it, by which alone its end is known. OPENING comes first, CLOSING last."""
    return b"\r\ncontent-type: application/json\r\n\r\n%b\r\n--graphql" % body


def boundary_of(content_type: str) -> bytes:
    """The boundary that a content-type names; `-` where it names none (Apollo's default)."""
    found = _BOUNDARY.search(content_type)
    return (found[1].strip() if found else "-").encode("latin-1")


class PartReader:
    """Reads parts in whatever pieces the body comes; `closed` once the closing boundary came."""

    def __init__(self, boundary: bytes, bytes_max: int) -> None:
        self._delimiter = b"\r\n--" + boundary
        self._bytes_max = bytes_max
        # The first delimiter may stand at the very beginning, without its line end.
        self._rest = b"\r\n"
        self._inside = False
        self.closed = False

    def feed(self, piece: bytes) -> list[bytes]:
        """The bodies of the parts that this piece completes. Raises Broken."""
        self._rest += piece
        bodies: list[bytes] = []
        while not self.closed:
            at = self._rest.find(self._delimiter)
            if at < 0 or len(self._rest) < at + len(self._delimiter) + 2:
                break
            before, self._rest = self._rest[:at], self._rest[at + len(self._delimiter) :]
            # Some servers write the closing boundary after one more boundary, with nothing between.
            if self._inside and before.strip():
                bodies.append(_body_of(before))
            self._inside = True
            self.closed = self._rest.startswith(b"--")
        if len(self._rest) > self._bytes_max:
            raise Broken(f"a part of more than {self._bytes_max} bytes")
        return bodies


def _body_of(part: bytes) -> bytes:
    _, gap, body = part.lstrip(b" \t").partition(b"\r\n\r\n")
    if not gap:
        raise Broken("a part without an empty line after its headers")
    return body
