"""What reviews refuses, beside the chassis's NotFound and InvalidInput."""

from __future__ import annotations

from chassis.errors import RefusalCode, Refused


class AlreadyReviewed(Refused):
    """One person writes one review of an item; edit that one."""

    code = RefusalCode.ALREADY_EXISTS
    review_id: str

    def __init__(self, review_id: str) -> None:
        super().__init__(
            "You have reviewed this already: edit that review.", field=("input", "itemId"), review_id=review_id
        )


class OwnReview(Refused):
    """Nobody votes on what they wrote themselves."""

    code = RefusalCode.NOT_POSSIBLE_NOW

    def __init__(self) -> None:
        super().__init__("You wrote this review: others say whether it helps.", field=("input", "id"))
