"""What can be asked about people."""

from datetime import datetime

import strawberry

from chassis.connection import connection_of
from chassis.tokens import KeysUnavailable, TokenRejected
from subgraphs.users.schema.context import READ, Info
from subgraphs.users.schema.types import User, UserConnection, UserEdge, Wishlist


@strawberry.type(description="Whether an access token is good, and what it says.")
class TokenStatus:
    """The fields after `reason` are null for a token that is not good."""

    valid: bool
    reason: str | None = None
    user_id: strawberry.ID | None = None
    roles: list[str] | None = None
    scopes: list[str] | None = None
    policies: list[str] | None = None
    expires_at: datetime | None = None


@strawberry.type
class Query:
    """Reading people."""

    @strawberry.federation.field(tags=["storefront"], description="Who is signed in; null for guests.")
    async def me(self, info: Info) -> User | None:
        viewer = info.context.viewer
        row = await info.context.loaders.user.load(viewer.user_id) if viewer.user_id else None
        return User.of(row) if row and row.erased_at is None else None

    @strawberry.federation.field(requires_scopes=[[READ]], tags=["admin"])
    async def user(self, info: Info, id: strawberry.ID) -> User | None:
        row = await info.context.loaders.user.load(id)
        return User.of(row) if row else None

    @strawberry.federation.field(
        requires_scopes=[[READ]], tags=["admin"], description="People, newest first; text finds emails and names."
    )
    async def users(
        self, info: Info, first: int | None = None, after: str | None = None, text: str | None = None
    ) -> UserConnection | None:
        page = await info.context.administration.page(first, after, text=text)
        return connection_of(page, node=User.of, edge=UserEdge, connection=UserConnection, text=text)

    @strawberry.field(description="Whether an access token would be accepted now.")
    async def token_validate(self, info: Info, token: str) -> TokenStatus:
        try:
            claims = await info.context.verifier.verify(token)
        except (TokenRejected, KeysUnavailable) as rejected:
            return TokenStatus(valid=False, reason=str(rejected))
        return TokenStatus(
            valid=True,
            user_id=strawberry.ID(claims.user_id),
            roles=sorted(claims.roles),
            scopes=sorted(claims.scopes),
            policies=sorted(claims.policies),
            expires_at=claims.expiry,
        )

    @strawberry.field(description="The wishlist somebody shares under a link; null when the link shows none.")
    async def shared_wishlist(self, info: Info, token: str) -> Wishlist | None:
        owner_id = await info.context.wishlists.owner_of(token)
        row = await info.context.loaders.user.load(owner_id) if owner_id else None
        return Wishlist(owner=User.of(row)) if row else None
