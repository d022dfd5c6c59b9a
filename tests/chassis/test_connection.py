"""Pages: capped, with cursors only this house makes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.connection import FIRST_DEFAULT, FIRST_MAX, PageInfo, Window, decode, encode
from chassis.errors import InvalidInput


@pytest.mark.parametrize("first", [0, -1, FIRST_MAX + 1])
def test_a_page_size_out_of_bounds_is_refused_and_not_clamped(first: int):
    with pytest.raises(InvalidInput) as refused:
        Window.of(first)

    assert refused.value.field == ("first",)


def test_a_window_reads_one_row_more_than_it_shows():
    window = Window.of(2)

    page = window.page(["a", "b", "c"], key=lambda row: (row,))

    assert window.limit == 3
    assert list(page.rows) == ["a", "b"]
    assert page.has_next
    assert not page.has_previous


def test_the_last_page_has_no_next():
    page = Window.of(3).page(["a", "b", "c"], key=lambda row: (row,))

    assert not page.has_next
    assert PageInfo.of(page).end_cursor == encode(("c",))


def test_an_empty_page_has_no_cursors():
    info = PageInfo.of(Window.of().page([], key=lambda row: (row,)))

    assert (info.start_cursor, info.end_cursor, info.has_next_page) == (None, None, False)
    assert Window.of().first == FIRST_DEFAULT


@given(st.lists(st.text() | st.integers(-(2**60), 2**60), min_size=1, max_size=4))
def test_a_cursor_gives_back_its_keys(key: list):
    assert decode(encode(tuple(key))) == tuple(key)


@pytest.mark.parametrize(
    "cursor", ["", "???", "bnVsbA", "e30", "W10", "W1tdXQ", "ä", "W3RydWVd", "WzEuNV0", "====", "a"]
)
def test_a_foreign_cursor_is_refused(cursor: str):
    with pytest.raises(InvalidInput) as refused:
        Window.of(10, cursor)

    assert refused.value.field == ("after",)


def test_a_cursor_of_another_list_is_refused_by_its_width():
    with pytest.raises(InvalidInput):
        Window.of(10, encode(("a",)), width=2)
