"""Cross-origin requests: which web pages may read our answers (Fetch standard, CORS protocol)."""

from __future__ import annotations

from collections.abc import Sequence

from router.settings import Cors


class CrossOrigin:
    """Makes the access-control headers of an answer."""

    def __init__(self, settings: Cors) -> None:
        self.settings = settings
        self.enabled = settings.allow_any_origin or bool(settings.origins)
        self._origins = frozenset(origin.encode("latin-1") for origin in settings.origins)

    def headers(self, origin: bytes | None) -> list[tuple[bytes, bytes]]:
        """For an answer to a page of this origin; empty when it may not read it."""
        settings = self.settings
        if origin is None or not self.enabled:
            return []
        if settings.allow_any_origin and not settings.allow_credentials:
            out = [(b"access-control-allow-origin", b"*")]
        elif self.allows(origin):
            out = [(b"access-control-allow-origin", origin), (b"vary", b"origin")]
        else:
            return [(b"vary", b"origin")]
        if settings.allow_credentials:
            out.append((b"access-control-allow-credentials", b"true"))
        if settings.expose_headers:
            out.append((b"access-control-expose-headers", _joined(settings.expose_headers)))
        return out

    def allows(self, origin: bytes) -> bool:
        """Whether a page of this origin may ask at all."""
        return self.settings.allow_any_origin or origin in self._origins

    def preflight(self, origin: bytes | None, asked_headers: bytes | None) -> list[tuple[bytes, bytes]]:
        """For an OPTIONS request."""
        out = self.headers(origin)
        if not any(name == b"access-control-allow-origin" for name, _ in out):
            return out
        settings = self.settings
        out.append((b"access-control-allow-methods", _joined(settings.methods)))
        allowed = _joined(settings.allow_headers) if settings.allow_headers else asked_headers
        if allowed:
            out.append((b"access-control-allow-headers", allowed))
        if settings.max_age is not None:
            out.append((b"access-control-max-age", str(settings.max_age.milliseconds // 1000).encode()))
        return out


def _joined(names: Sequence[str]) -> bytes:
    return ", ".join(names).encode("latin-1")
