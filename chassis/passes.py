"""A pass: what one subgraph says to another by way of the graph, and nobody else can say.

    pass_of(secret, "order", order.id)                     # in an @inaccessible field of the one
    holds(given, secret, "order", order.id)                # where the other @requires that field

Whoever opens an order by its token may see what was paid for it; only orders knows the token, and only payments
what was paid. The secret is the one subgraphs show each other (INTERNAL_TOKEN).
"""

from __future__ import annotations

import hashlib
import hmac


def pass_of(secret: str, *words: str) -> str:
    """The pass for these words: an HMAC-SHA-256 over them, in hexadecimal digits."""
    message = "\x00".join(("pass", *words)).encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def holds(given: object, secret: str, *words: str) -> bool:
    """Whether what was given is the pass for these words."""
    return isinstance(given, str) and hmac.compare_digest(given.encode(), pass_of(secret, *words).encode())
