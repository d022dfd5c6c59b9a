"""The pure part of reviews: what transitions do to a rating, and what a histogram amounts to."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import now
from subgraphs.reviews.model import RatingChange, Review, Words, average_of, count_of


@pytest.mark.parametrize(
    ("stars", "average"),
    [
        ([0, 0, 0, 0, 0], None),
        ([0, 0, 0, 0, 1], Decimal("5.00")),
        ([1, 0, 0, 0, 1], Decimal("3.00")),
        ([0, 0, 0, 1, 2], Decimal("4.67")),
        ([7, 0, 0, 1, 0], Decimal("1.38")),  # 1.375, half up
    ],
)
def test_an_average_has_two_digits(stars: list[int], average: Decimal | None) -> None:
    assert average_of(stars) == average


STEPS = st.lists(st.sampled_from(["approve", "reject", "edit 1", "edit 5", "remove"]), max_size=12)


@given(STEPS, st.integers(1, 5))
def test_after_any_story_the_histogram_counts_the_review_once_or_not_at_all(steps: list[str], rating: int) -> None:
    review = Review.write(Words(rating, "Title", ""), item_id="i", author_id="a", verified=False, now=now())
    stars = [0, 0, 0, 0, 0]

    for step in steps:
        if step == "remove":
            change = review.remove(now=now())
        elif step.startswith("edit"):
            change = review.edit(Words(int(step[-1]), "Title", ""), now=now())
        else:
            change = review.moderate(approve=step == "approve", note=None, now=now())
        stars = change.applied_to(stars)

        assert min(stars) == 0
        assert count_of(stars) == int(review.public)
        assert not review.public or stars[review.rating - 1] == 1


def test_no_change_leaves_a_histogram_as_it_is() -> None:
    assert RatingChange().applied_to([1, 2, 3, 4, 5]) == [1, 2, 3, 4, 5]
