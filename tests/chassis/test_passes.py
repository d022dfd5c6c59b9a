"""A pass is for its words and its secret only."""

import pytest

from chassis.passes import holds, pass_of


def test_a_pass_holds_for_its_own_words() -> None:
    assert holds(pass_of("secret", "order", "1"), "secret", "order", "1")


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        7,
        ["a"],
        "é",
        pass_of("secret", "order", "2"),
        pass_of("other", "order", "1"),
        pass_of("secret", "order1"),
    ],
)
def test_nothing_else_holds(given: object) -> None:
    assert not holds(given, "secret", "order", "1")
