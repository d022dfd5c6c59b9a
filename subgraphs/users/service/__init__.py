"""What people can do: register and change themselves, sign in and out, keep addresses, wish."""

from subgraphs.users.service.accounts import Accounts, Registration
from subgraphs.users.service.addresses import AddressBook, NewAddress
from subgraphs.users.service.sessions import Sessions, SignedIn, Tokens
from subgraphs.users.service.wishlists import Wishlists

__all__ = [
    "Accounts",
    "AddressBook",
    "NewAddress",
    "Registration",
    "Sessions",
    "SignedIn",
    "Tokens",
    "Wishlists",
]
