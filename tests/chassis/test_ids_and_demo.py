"""Ids that sort by time, and demo data that is the same everywhere."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from chassis import demo
from chassis.ids import new_id, secret, uuid7


def test_ids_sort_by_the_time_they_were_made(monkeypatch: pytest.MonkeyPatch):
    moments = iter(range(10**18, 10**18 + 10**10, 10**7))
    monkeypatch.setattr("time.time_ns", lambda: next(moments))

    ids = [new_id() for _ in range(100)]

    assert ids == sorted(ids)


def test_an_id_is_a_uuid_of_version_seven():
    made = uuid7()

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert len({new_id() for _ in range(1_000)}) == 1_000
    assert len(secret()) >= 43


def test_row_42_does_not_depend_on_row_41():
    alone = demo.stream("orders", 42).random()
    demo.stream("orders", 41).random()

    assert demo.stream("orders", 42).random() == alone
    assert demo.stream("reviews", 42).random() != alone


def test_the_first_is_the_most_popular():
    random, zipf = demo.stream("zipf"), demo.Zipf(50)

    counts = Counter(zipf.pick(random) for _ in range(5_000))

    assert set(counts) <= set(range(1, 51))
    assert counts[1] > counts[5] > counts[40]
    with pytest.raises(ValueError):
        demo.Zipf(0)


def test_more_happens_in_the_evening_than_at_night():
    random, day = demo.stream("day"), date(2025, 6, 1)

    moments = [demo.diurnal(random, day) for _ in range(5_000)]

    assert all(datetime(2025, 6, 1, tzinfo=UTC) <= each < datetime(2025, 6, 2, tzinfo=UTC) for each in moments)
    hours = Counter(each.hour for each in moments)
    assert hours[20] > 4 * hours[3]


def test_names_follow_from_numbers():
    assert demo.item_id("prod", 7) == "prod-scale-000007"
