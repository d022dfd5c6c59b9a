"""Who is asking, and what they may see."""

import pytest

from chassis.errors import NotAllowed, NotSignedIn
from chassis.settings import Settings
from chassis.testing import Signer
from chassis.tokens import KnownKeys, Verifier
from chassis.viewer import Viewer, Viewers

SETTINGS = Settings()
GUEST = Viewer()
ALICE = Viewer(user_id="alice")
SUPPORT = Viewer(user_id="support", scopes=frozenset({"orders:read"}))
ADMIN = Viewer(user_id="root", roles=frozenset({"admin"}), scopes=frozenset({"orders:read"}))
SUBGRAPH = Viewer(internal=True)


def viewers(proxies: str = SETTINGS.trusted_proxies) -> Viewers:
    keys = KnownKeys(Signer(SETTINGS).jwks)
    verifier = Verifier(keys, issuer=SETTINGS.token_issuer, audience=SETTINGS.token_audience)
    return Viewers(verifier, internal_token="secret", proxies=proxies)


@pytest.mark.parametrize(
    ("viewer", "own", "foreign", "by_scope"),
    [
        (GUEST, False, False, False),
        (ALICE, True, False, False),
        (SUPPORT, False, False, True),
        (ADMIN, True, True, True),
        (SUBGRAPH, True, True, True),
    ],
)
def test_who_may_see_what_belongs_to_alice(viewer: Viewer, own: bool, foreign: bool, by_scope: bool):
    assert viewer.may_see("alice") is own
    assert viewer.may_see("bob") is foreign
    assert viewer.may_see("bob", scope="orders:read") is by_scope


def test_what_belongs_to_nobody_is_not_the_guests():
    assert not GUEST.may_see(None)
    assert not ALICE.may_see(None)


def test_requirements_tell_strangers_from_the_unentitled():
    with pytest.raises(NotSignedIn):
        GUEST.require_scope("orders:read")
    with pytest.raises(NotAllowed):
        ALICE.require_scope("orders:read")
    SUPPORT.require_scope("orders:read")
    SUBGRAPH.require_scope("orders:read")
    with pytest.raises(NotSignedIn):
        GUEST.require_signed_in()
    with pytest.raises(NotAllowed):
        ADMIN.require_internal()
    SUBGRAPH.require_internal()
    assert ALICE.require_signed_in() == "alice"


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("203.0.113.7", None, "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1, 127.0.0.1", "198.51.100.1"),
        ("127.0.0.1", None, None),
        ("127.0.0.1", "nonsense", None),
        ("::1", "2001:db8::1", "2001:db8::1"),
        (None, None, None),
    ],
)
def test_an_address_is_believed_only_from_trusted_proxies(peer: str | None, forwarded: str | None, seen: str | None):
    assert viewers().client_address(peer, forwarded) == seen


def test_without_trusted_proxies_the_peer_is_the_client():
    assert viewers("").client_address("127.0.0.1", "198.51.100.1") == "127.0.0.1"
