"""Wires settings → database → services → schema."""

from __future__ import annotations

from pathlib import Path

import httpx

from chassis.app import Periodic, Subgraph, open_database
from chassis.clock import Clock, now
from chassis.issuers import issuers_of
from chassis.letters import Letters
from chassis.metrics import Gauge
from chassis.peers import peer
from chassis.revocations import RevokedSessions
from chassis.settings import Settings, UnsafeSettings
from chassis.tokens import Verifier
from chassis.viewer import Viewer
from subgraphs.users import seed, store
from subgraphs.users.edges import routes
from subgraphs.users.loaders import Loaders
from subgraphs.users.passwords import Passwords
from subgraphs.users.peers import Catalogue
from subgraphs.users.schema import Context, schema
from subgraphs.users.service import (
    Accounts,
    AddressBook,
    Administration,
    Attempts,
    Identities,
    Mailings,
    Proofs,
    Sessions,
    Wishlists,
)
from subgraphs.users.signing import KeyRing

HOUR_S = 3_600
# How long somebody who forgot their password waits for the mail to be written.
RESETS_EVERY_S = 1


def subgraph(
    settings: Settings,
    *,
    clock: Clock = now,
    passwords: Passwords | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Subgraph:
    """The subgraph users, as the settings say; `transport` is the wire to its peer, for tests."""
    database = open_database("users", settings)
    passwords = passwords or Passwords()
    keys = KeyRing.of(settings)
    attempts = Attempts(database, clock)
    sessions = Sessions(database, passwords, keys, attempts, clock)
    mailings = Mailings(Letters(Path(__file__).parent / "mails", shop_url=settings.shop_url), clock)
    local_emails = not settings.production
    accounts = Accounts(database, passwords, sessions, mailings, attempts, clock, local_emails=local_emails)
    proofs = Proofs(database, passwords, sessions, mailings, attempts, clock, local_emails=local_emails)
    administration = Administration(database, sessions, clock)
    identities = Identities(database, clock)
    address_book = AddressBook(database, clock)
    products = peer("products", settings, transport=transport)
    wishlists = Wishlists(database, Catalogue(products), clock)
    revoked = RevokedSessions(sessions.recently_revoked, cache_s=settings.token_revocation_cache_s)
    verifier = Verifier(
        keys.public,
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        revocations=revoked,
        others=issuers_of(settings, identities),
    )

    def context(viewer: Viewer) -> Context:
        return Context(
            viewer=viewer,
            accounts=accounts,
            sessions=sessions,
            proofs=proofs,
            administration=administration,
            address_book=address_book,
            wishlists=wishlists,
            loaders=Loaders(database, clock),
            verifier=verifier,
        )

    async def refuse_demo_people() -> None:
        if not settings.production:
            return
        async with database.reading() as session:
            found = await store.emails_in_use(session, seed.EMAILS)
        if found:
            raise UnsafeSettings(f"remove the demo people, whose passwords are public: {', '.join(found)}")

    async def close_passwords() -> None:
        passwords.close()

    return Subgraph(
        name="users",
        schema=schema,
        database=database,
        context=context,
        routes=[routes(keys, sessions, verifier, internal_token=settings.internal_token.get_secret_value())],
        periodic=[
            Periodic("answer who forgot their password", every_s=RESETS_EVERY_S, call=proofs.answer_requests),
            Periodic("forget old sessions", every_s=HOUR_S, call=sessions.forget_old),
            Periodic("forget old attempts", every_s=HOUR_S, call=attempts.forget_old),
            Periodic("forget old tokens of mails", every_s=HOUR_S, call=proofs.forget_old),
            Periodic("forget who left long ago", every_s=HOUR_S, call=identities.forget_old),
        ],
        gauges=[Gauge("ecommerce_users_total", "People with an account.", administration.count)],
        keys=keys.public,
        revocations=revoked,
        identities=identities,
        mails=True,
        check=refuse_demo_people,
        closes=[close_passwords, products.close],
        peers=[products],
    )
