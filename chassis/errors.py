"""The three ways to say no: a refusal, a denial, and a fault.

    Exception
    ├── Refused            expected; raised in the domain, data in the graph (chassis.refusals); one subclass per reason
    │   ├── InvalidInput, NotFound, IdempotencyKeyReused   shared by every subgraph
    │   └── EmailTaken, CartChanged, …              in subgraphs/<name>/errors.py
    ├── GraphQLError
    │   └── Denied         a GraphQL error the caller may read, with extensions.code
    │       ├── NotSignedIn   UNAUTHENTICATED
    │       ├── NotAllowed    FORBIDDEN
    │       └── Unavailable   SERVICE_UNAVAILABLE, naming what did not answer
    └── anything else      a fault: masked as INTERNAL_ERROR and logged once, at the edge

A subclass of Refused says its code, and may carry facts the client needs:

    class TotalChanged(Refused):
        code = RefusalCode.CHANGED
        total: Money                            # becomes a field of the GraphQL type TotalChanged

    error = TotalChanged("The total is now 12.00 USD.", field=("input", "expectedTotal"), total=Money.of(total))
"""

from __future__ import annotations

import enum
from typing import Any, ClassVar

import strawberry
from graphql import GraphQLError


@strawberry.enum(description="Why something was refused, for programs. The type of the refusal says more.")
class RefusalCode(enum.Enum):
    """Stable codes; the same list in every subgraph. Add here, never rename."""

    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    ALREADY_DONE = "ALREADY_DONE"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    CHANGED = "CHANGED"
    EMPTY = "EMPTY"
    EXPIRED = "EXPIRED"
    INSUFFICIENT = "INSUFFICIENT"
    LIMIT_REACHED = "LIMIT_REACHED"
    NOT_POSSIBLE_NOW = "NOT_POSSIBLE_NOW"
    DECLINED = "DECLINED"
    WRONG_CREDENTIALS = "WRONG_CREDENTIALS"
    THROTTLED = "THROTTLED"
    UNAVAILABLE = "UNAVAILABLE"


class Refused(Exception):
    """An expected no. `field` is the path of the argument at fault, for a form: ("input", "email")."""

    code: ClassVar[RefusalCode] = RefusalCode.INVALID

    def __init__(self, message: str, *, field: tuple[str, ...] = (), **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        for name, value in facts.items():
            setattr(self, name, value)


class InvalidInput(Refused):
    """Something that could be mistyped was; the message says what to write instead."""

    code = RefusalCode.INVALID


class NotFound(Refused):
    """It is not there, or not the viewer's to see: the two look the same."""

    code = RefusalCode.NOT_FOUND


class IdempotencyKeyReused(Refused):
    """The idempotency key was used before, for something else."""

    code = RefusalCode.IDEMPOTENCY_KEY_REUSED


class Denied(GraphQLError):
    """An error meant for the caller: message and extensions.code pass the mask."""

    code = "FORBIDDEN"

    def __init__(self, message: str, **extensions: Any) -> None:
        super().__init__(message, extensions={"code": self.code, **extensions})


class NotSignedIn(Denied):
    """There is no viewer where one is needed."""

    code = "UNAUTHENTICATED"

    def __init__(self, message: str = "Sign in first.") -> None:
        super().__init__(message)


class NotAllowed(Denied):
    """The viewer is known and may not."""

    code = "FORBIDDEN"

    def __init__(self, message: str = "You are not allowed to see or do this.") -> None:
        super().__init__(message)


class Unavailable(Denied):
    """Something this answer needs did not answer; `service` names it."""

    code = "SERVICE_UNAVAILABLE"

    def __init__(self, message: str, *, service: str) -> None:
        super().__init__(message, service=service)
