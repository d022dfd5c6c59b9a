"""What resolvers of users find in `info.context`, and who may see what."""

from dataclasses import dataclass

import strawberry

import chassis.context
from chassis.tokens import Verifier
from subgraphs.users.loaders import Loaders
from subgraphs.users.service import Accounts, AddressBook, Administration, Proofs, Sessions, Wishlists


@dataclass(frozen=True)
class Context(chassis.context.Context):
    """What resolvers of users work with."""

    accounts: Accounts
    sessions: Sessions
    proofs: Proofs
    administration: Administration
    address_book: AddressBook
    wishlists: Wishlists
    loaders: Loaders
    verifier: Verifier


Info = strawberry.Info[Context, None]

READ = "users:read"
WRITE = "users:write"


def may_see(info: Info, owner_id: str) -> bool:
    """Whether the viewer is this person, may read people, or is another subgraph."""
    return info.context.viewer.may_see(owner_id, scope=READ)
