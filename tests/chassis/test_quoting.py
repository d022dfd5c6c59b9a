"""A message repeats what was sent by its beginning at most."""

from chassis.quoting import QUOTED_MAX, quoted


def test_a_name_is_repeated_as_it_is():
    assert quoted("LAPTOP-001") == "'LAPTOP-001'"
    assert quoted("x" * QUOTED_MAX) == f"'{'x' * QUOTED_MAX}'"


def test_what_is_longer_than_any_name_is_repeated_by_its_beginning():
    assert quoted("x" * 5_000) == f"'{'x' * 32}'… of 5000 characters"
    assert len(quoted("\n" * 1_000_000)) < 100
