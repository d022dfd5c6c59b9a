"""What people can change about themselves; each answers its success or a refusal."""

from datetime import datetime
from typing import Self

import strawberry

from chassis.errors import InvalidInput, NotFound
from chassis.refusals import mutation
from subgraphs.users.errors import (
    AlreadyVerified,
    EmailTaken,
    LinkExpired,
    OwnRoles,
    SessionEnded,
    TooManyAddresses,
    TooManyAttempts,
    TooManyWishes,
    WeakPassword,
    WrongCredentials,
)
from subgraphs.users.model import VERIFIED_EMAIL
from subgraphs.users.schema.context import WRITE, Info
from subgraphs.users.schema.types import Address, User, Wishlist
from subgraphs.users.service import NewAddress, Registration, Tokens


@strawberry.type(description="Keep the refresh token secret: it is good once, and gives the next pair.")
class AuthTokens:
    """A pair of tokens."""

    access_token: str
    access_token_expires_at: datetime
    refresh_token: str
    refresh_token_expires_at: datetime
    token_type: str = "Bearer"  # noqa: S105 -- RFC 6750 calls it so

    @classmethod
    def of(cls, tokens: Tokens) -> Self:
        """Show tokens to their owner."""
        return cls(
            access_token=tokens.access,
            access_token_expires_at=tokens.access_expires_at,
            refresh_token=tokens.refresh,
            refresh_token_expires_at=tokens.refresh_expires_at,
        )


@strawberry.input(description="An address as somebody types it; country is an ISO 3166-1 code of two letters.")
class AddressInput:
    """Checked by the service."""

    name: str
    line1: str
    line2: str | None = None
    city: str
    region: str | None = None
    postal_code: str
    country: str
    phone: str | None = None

    def to_address(self) -> NewAddress:
        """What the service takes."""
        return NewAddress(
            name=self.name,
            line1=self.line1,
            line2=self.line2,
            city=self.city,
            region=self.region,
            postal_code=self.postal_code,
            country=self.country,
            phone=self.phone,
        )


@strawberry.input
class RegisterInput:
    """What somebody who joins tells."""

    email: str
    password: str
    first_name: str
    last_name: str
    phone: str | None = None
    address: AddressInput | None = None


@strawberry.input(description="What is left out stays; an empty phone removes it.")
class ProfileInput:
    """Changes to oneself."""

    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None


@strawberry.type
class RegisterSuccess:
    """Joined, and signed in."""

    user: User
    tokens: AuthTokens


@strawberry.type
class LoginSuccess:
    """Signed in."""

    user: User
    tokens: AuthTokens


@strawberry.type
class RefreshSuccess:
    """Still signed in."""

    user: User
    tokens: AuthTokens


@strawberry.type
class LogoutSuccess:
    """How many sessions ended."""

    sessions_ended: int


@strawberry.type
class UpdateProfileSuccess:
    """The person as they are now."""

    user: User


@strawberry.type
class ChangePasswordSuccess:
    """How many other sessions ended."""

    sessions_ended: int


@strawberry.type
class VerifyEmailSuccess:
    """The address is proved; the next refresh gives tokens that say so."""

    id: strawberry.ID


@strawberry.type
class VerifyEmailRequestSuccess:
    """A mail is on its way to this address."""

    email: str


@strawberry.type(description="Where the address has an account, a mail is on its way to it; nobody is told whether.")
class PasswordResetRequestSuccess:
    """The same answer for every address."""

    email: str


@strawberry.type
class PasswordResetSuccess:
    """How many sessions ended; sign in with the new password."""

    sessions_ended: int


@strawberry.type
class DeleteAccountSuccess:
    """Whose account is gone."""

    id: strawberry.ID


@strawberry.type
class UserRolesSetSuccess:
    """The person as they are now."""

    user: User


@strawberry.type
class SessionRevokeSuccess:
    """The session that ended."""

    id: strawberry.ID


@strawberry.type
class AddressAddSuccess:
    """The new address."""

    address: Address


@strawberry.type
class AddressUpdateSuccess:
    """The address as it is now."""

    address: Address


@strawberry.type
class AddressMakeDefaultSuccess:
    """The new default."""

    address: Address


@strawberry.type
class AddressRemoveSuccess:
    """The address that is gone."""

    id: strawberry.ID


@strawberry.type
class WishlistAddSuccess:
    """The list as it is now."""

    wishlist: Wishlist


@strawberry.type
class WishlistRemoveSuccess:
    """The list as it is now."""

    wishlist: Wishlist


@strawberry.type
class WishlistShareSuccess:
    """The list, with its share token."""

    wishlist: Wishlist


@strawberry.type
class WishlistUnshareSuccess:
    """The list, for its owner alone."""

    wishlist: Wishlist


async def wishlist_of(info: Info, user_id: str) -> Wishlist:
    """The viewer's own list after a change."""
    row = await info.context.loaders.user.load(user_id)
    if row is None:
        raise NotFound("This account does not exist any more.")
    return Wishlist(owner=User.of(row))


@strawberry.type
class Mutation:
    """Changing oneself."""

    @mutation(refuses=(EmailTaken, WeakPassword, InvalidInput, TooManyAttempts))
    async def register(self, info: Info, input: RegisterInput) -> RegisterSuccess:
        """Create an account and sign in."""
        asked = Registration(
            email=input.email,
            password=input.password,
            first_name=input.first_name,
            last_name=input.last_name,
            phone=input.phone,
            address=input.address.to_address() if input.address else None,
        )
        done = await info.context.accounts.register(asked, viewer=info.context.viewer)
        return RegisterSuccess(user=User.of(done.user, proved=True), tokens=AuthTokens.of(done.tokens))

    @mutation(refuses=(WrongCredentials, TooManyAttempts))
    async def login(self, info: Info, email: str, password: str) -> LoginSuccess:
        """Sign in. An unknown email and a wrong password get the same answer; failures make the next attempt wait."""
        done = await info.context.sessions.login(email, password, viewer=info.context.viewer)
        return LoginSuccess(user=User.of(done.user, proved=True), tokens=AuthTokens.of(done.tokens))

    @mutation(refuses=(SessionEnded,))
    async def refresh(self, info: Info, refresh_token: str) -> RefreshSuccess:
        """Exchange a refresh token, good once, for a new pair. Send no access token along: it may have expired."""
        done = await info.context.sessions.refresh(refresh_token)
        return RefreshSuccess(user=User.of(done.user, proved=True), tokens=AuthTokens.of(done.tokens))

    @mutation(refuses=(), authenticated=True)
    async def logout(self, info: Info, *, everywhere: bool = False) -> LogoutSuccess:
        """End this session, or every session of this person."""
        ended = await info.context.sessions.logout(viewer=info.context.viewer, everywhere=everywhere)
        return LogoutSuccess(sessions_ended=ended)

    @mutation(refuses=(NotFound,), authenticated=True)
    async def session_revoke(self, info: Info, id: strawberry.ID) -> SessionRevokeSuccess:
        """End one of your own sessions."""
        await info.context.sessions.revoke(id, viewer=info.context.viewer)
        return SessionRevokeSuccess(id=id)

    @mutation(refuses=(InvalidInput,), authenticated=True)
    async def update_profile(self, info: Info, input: ProfileInput) -> UpdateProfileSuccess:
        """Change what is given, leave the rest."""
        row = await info.context.accounts.update(
            viewer=info.context.viewer, first_name=input.first_name, last_name=input.last_name, phone=input.phone
        )
        return UpdateProfileSuccess(user=User.of(row))

    @mutation(refuses=(WrongCredentials, WeakPassword, TooManyAttempts), authenticated=True)
    async def change_password(self, info: Info, current_password: str, new_password: str) -> ChangePasswordSuccess:
        """Replace the password and end every other session."""
        ended = await info.context.accounts.change_password(current_password, new_password, viewer=info.context.viewer)
        return ChangePasswordSuccess(sessions_ended=ended)

    @mutation(refuses=(LinkExpired,))
    async def verify_email(self, info: Info, token: str) -> VerifyEmailSuccess:
        """Prove that an address is yours by the token of the mail sent to it. Once more changes nothing."""
        row = await info.context.proofs.verify_email(token)
        return VerifyEmailSuccess(id=strawberry.ID(row.id))

    @mutation(refuses=(AlreadyVerified, TooManyAttempts), authenticated=True)
    async def verify_email_request(self, info: Info) -> VerifyEmailRequestSuccess:
        """Have the mail sent once more."""
        row = await info.context.proofs.send_verification(viewer=info.context.viewer)
        return VerifyEmailRequestSuccess(email=row.email or "")

    @mutation(refuses=(InvalidInput, TooManyAttempts))
    async def password_reset_request(self, info: Info, email: str) -> PasswordResetRequestSuccess:
        """Have a link sent for a forgotten password. The answer is the same whether the address has an account."""
        await info.context.proofs.request_reset(email, viewer=info.context.viewer)
        return PasswordResetRequestSuccess(email=email)

    @mutation(refuses=(LinkExpired, WeakPassword, TooManyAttempts))
    async def password_reset(self, info: Info, token: str, new_password: str) -> PasswordResetSuccess:
        """Set a new password by the token of the mail, and end every session."""
        ended = await info.context.proofs.reset_password(token, new_password)
        return PasswordResetSuccess(sessions_ended=ended)

    @mutation(refuses=(WrongCredentials, TooManyAttempts), authenticated=True)
    async def delete_account(self, info: Info, password: str | None = None) -> DeleteAccountSuccess:
        """Erase everything that says who you are, and sign out everywhere. Orders stay, without you. There is no way
        back. The password may be left out where the account has none.
        """
        user_id = await info.context.accounts.delete(password, viewer=info.context.viewer)
        return DeleteAccountSuccess(id=strawberry.ID(user_id))

    @mutation(refuses=(OwnRoles, InvalidInput, NotFound), requires_scopes=[[WRITE]], tags=["admin"])
    async def user_roles_set(self, info: Info, id: strawberry.ID, roles: list[str]) -> UserRolesSetSuccess:
        """Give somebody else exactly these roles; taking one away signs them out."""
        row = await info.context.administration.set_roles(id, roles, viewer=info.context.viewer)
        return UserRolesSetSuccess(user=User.of(row))

    @mutation(refuses=(InvalidInput, TooManyAddresses), authenticated=True)
    async def address_add(self, info: Info, input: AddressInput, *, make_default: bool = False) -> AddressAddSuccess:
        """Keep a new address; the first becomes the default."""
        row = await info.context.address_book.add(
            input.to_address(), viewer=info.context.viewer, make_default=make_default
        )
        return AddressAddSuccess(address=Address.of(row))

    @mutation(refuses=(InvalidInput, NotFound), authenticated=True)
    async def address_update(self, info: Info, id: strawberry.ID, input: AddressInput) -> AddressUpdateSuccess:
        """Replace one of your own addresses."""
        row = await info.context.address_book.update(id, input.to_address(), viewer=info.context.viewer)
        return AddressUpdateSuccess(address=Address.of(row))

    @mutation(refuses=(NotFound,), authenticated=True)
    async def address_make_default(self, info: Info, id: strawberry.ID) -> AddressMakeDefaultSuccess:
        """Make one of your own addresses the default."""
        row = await info.context.address_book.make_default(id, viewer=info.context.viewer)
        return AddressMakeDefaultSuccess(address=Address.of(row))

    @mutation(refuses=(NotFound,), authenticated=True)
    async def address_remove(self, info: Info, id: strawberry.ID) -> AddressRemoveSuccess:
        """Forget an address; the oldest left becomes the default if this one was."""
        await info.context.address_book.remove(id, viewer=info.context.viewer)
        return AddressRemoveSuccess(id=id)

    @mutation(refuses=(InvalidInput, TooManyWishes, NotFound), authenticated=True)
    async def wishlist_add(self, info: Info, item_id: strawberry.ID, sku: str | None = None) -> WishlistAddSuccess:
        """Wish for an item of the catalogue, perhaps in one variant; twice changes nothing."""
        owner_id = await info.context.wishlists.add(item_id, sku, viewer=info.context.viewer)
        return WishlistAddSuccess(wishlist=await wishlist_of(info, owner_id))

    @mutation(refuses=(NotFound,), authenticated=True)
    async def wishlist_remove(self, info: Info, id: strawberry.ID) -> WishlistRemoveSuccess:
        """Take a wish back."""
        owner_id = await info.context.wishlists.remove(id, viewer=info.context.viewer)
        return WishlistRemoveSuccess(wishlist=await wishlist_of(info, owner_id))

    @mutation(refuses=(NotFound,), policy=[[VERIFIED_EMAIL]])
    async def wishlist_share(self, info: Info) -> WishlistShareSuccess:
        """Share the list under a link; the same link every time. What is public needs a name behind it: verify your
        email address first.
        """
        owner_id = await info.context.wishlists.share(viewer=info.context.viewer)
        return WishlistShareSuccess(wishlist=await wishlist_of(info, owner_id))

    @mutation(refuses=(NotFound,), authenticated=True)
    async def wishlist_unshare(self, info: Info) -> WishlistUnshareSuccess:
        """Share the list no longer; who has its link sees nothing. Sharing it again makes another link."""
        owner_id = await info.context.wishlists.unshare(viewer=info.context.viewer)
        return WishlistUnshareSuccess(wishlist=await wishlist_of(info, owner_id))
