"""Who is asking: read once per request from its headers, and asked by every resolver.

    viewer = info.context.viewer
    viewer.require_signed_in()                    # the user's id, or raises NotSignedIn
    viewer.require_scope("orders:read")           # raises NotSignedIn or NotAllowed
    viewer.require_policy("verified_email")       # the same for a policy that the token grants
    viewer.require_internal()                     # other subgraphs only
    if viewer.may_see(row.user_id): ...           # self, an admin, or another subgraph

`Authorization: Bearer <ES256 access token>`, `X-Cart-Token: <guest's cart>`, `X-Internal-Token: <service secret>`.
A token that is forged, expired or malformed makes the whole request fail (401, UNAUTHENTICATED): a person who
believes to be signed in is never treated as a stranger.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from chassis.errors import NotAllowed, NotSignedIn
from chassis.signature import HEADER, RouterOnly
from chassis.tokens import Claims, KeysUnavailable, TokenRejected, Verifier

ADMIN = "admin"
_CART_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person, guest or subgraph behind a request."""

    user_id: str | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    scopes: frozenset[str] = field(default_factory=frozenset)
    cart_token: str | None = None
    internal: bool = False
    session_id: str | None = None
    address: str | None = None
    policies: frozenset[str] = field(default_factory=frozenset)
    # Whether the request has proved to come through the router or from another subgraph.
    proven: bool = False

    @property
    def is_signed_in(self) -> bool:
        """Whether a person is known."""
        return self.user_id is not None

    @property
    def is_admin(self) -> bool:
        """Whether the person has the role admin."""
        return ADMIN in self.roles

    def has_scope(self, scope: str) -> bool:
        """Whether the token carries the scope; another subgraph has every scope."""
        return self.internal or scope in self.scopes

    def has_policy(self, policy: str) -> bool:
        """Whether the token grants the policy; another subgraph is bound by none."""
        return self.internal or policy in self.policies

    def may_see(self, owner_id: str | None, *, scope: str | None = None) -> bool:
        """Whether what is `owner_id`'s may be shown: to its owner, an admin (or holder of `scope`), a subgraph."""
        if self.internal or (owner_id is not None and owner_id == self.user_id):
            return True
        return self.is_admin if scope is None else scope in self.scopes

    def require_signed_in(self) -> str:
        """The user's id; NotSignedIn for guests."""
        if self.user_id is None:
            raise NotSignedIn
        return self.user_id

    def require_scope(self, scope: str) -> None:
        """NotSignedIn for guests, NotAllowed for people without the scope."""
        if self.has_scope(scope):
            return
        self.require_signed_in()
        raise NotAllowed

    def require_policy(self, policy: str) -> None:
        """NotSignedIn for guests, NotAllowed for people whose token does not grant the policy."""
        if self.has_policy(policy):
            return
        self.require_signed_in()
        raise NotAllowed

    def require_internal(self) -> None:
        """NotAllowed for everybody but another subgraph."""
        if not self.internal:
            raise NotAllowed


ANONYMOUS = Viewer()


class Viewers:
    """Reads viewers from request headers."""

    def __init__(
        self, verifier: Verifier, *, internal_token: str, router_only: RouterOnly | None = None, proxies: str = ""
    ) -> None:
        """`proxies` are the networks, by commas, whose X-Forwarded-For is believed."""
        self._verifier = verifier
        self._proxies = [ip_network(each.strip()) for each in proxies.split(",") if each.strip()]
        self._internal_token = internal_token.encode()
        self._router_only = router_only or RouterOnly(None)

    async def of(self, headers: Mapping[str, str], body: bytes = b"", *, address: str | None = None) -> Viewer:
        """The viewer of a request; header names in lower case.

        Raises NotFromRouter, TokenRejected or KeysUnavailable.
        """
        internal = self._internal(headers.get("x-internal-token"))
        self._router_only.check(headers.get(HEADER), body, internal=internal)
        claims = await self._claims(headers.get("authorization"))
        cart_token = headers.get("x-cart-token") or None
        if cart_token is not None and not _CART_TOKEN.fullmatch(cart_token):
            raise TokenRejected("The X-Cart-Token header is not a cart token.")
        return Viewer(
            user_id=claims.user_id if claims else None,
            roles=claims.roles if claims else frozenset(),
            scopes=claims.scopes if claims else frozenset(),
            session_id=claims.session_id if claims else None,
            cart_token=cart_token,
            internal=internal,
            address=self.client_address(address, headers.get("x-forwarded-for")),
            policies=claims.policies if claims else frozenset(),
            proven=internal or self._router_only.asks_for_proof,
        )

    async def still_welcome(self, headers: Mapping[str, str]) -> None:
        """Raise TokenRejected when the token of a request that is still being answered does not hold any more."""
        try:
            await self._claims(headers.get("authorization"))
        except KeysUnavailable:
            # Nobody can say; what was good stays so for as long.
            return

    def client_address(self, peer: str | None, forwarded_for: str | None) -> str | None:
        """Where the request came from: the last hop no trusted proxy stands at.

        None when a trusted proxy does not say, so that nobody is held liable for everybody behind it.
        """
        hops = [hop.strip() for hop in (forwarded_for or "").split(",") if hop.strip()]
        for hop in (peer, *reversed(hops)):
            try:
                address = ip_address(hop or "")
            except ValueError:
                return None
            if not any(address in network for network in self._proxies):
                return str(address)
        return None

    async def _claims(self, header: str | None) -> Claims | None:
        if not header:
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise TokenRejected("The Authorization header must be: Bearer <access token>.")
        return await self._verifier.verify(token.strip())

    def _internal(self, header: str | None) -> bool:
        if not header:
            return False
        if not hmac.compare_digest(header.encode(), self._internal_token):
            raise TokenRejected("The X-Internal-Token header is not this deployment's.")
        return True
