"""What people can do: register and change themselves, sign in and out, prove who they are, keep addresses, wish."""

from subgraphs.users.service.accounts import Accounts, Registration
from subgraphs.users.service.addresses import AddressBook, NewAddress
from subgraphs.users.service.administration import Administration
from subgraphs.users.service.attempts import Attempts
from subgraphs.users.service.identities import Identities
from subgraphs.users.service.mailings import Mailings
from subgraphs.users.service.proofs import Proofs
from subgraphs.users.service.sessions import Sessions, SignedIn, Tokens
from subgraphs.users.service.wishlists import Wishlists

__all__ = [
    "Accounts",
    "AddressBook",
    "Administration",
    "Attempts",
    "Identities",
    "Mailings",
    "NewAddress",
    "Proofs",
    "Registration",
    "Sessions",
    "SignedIn",
    "Tokens",
    "Wishlists",
]
