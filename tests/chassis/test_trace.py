"""Traces: the caller's goes on, with a span of our own; a broken header begins another."""

import re

import pytest

from chassis import trace

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_work_is_a_new_span_of_the_callers_trace():
    version, trace_id, span, flags = trace.child_of(CALLER).split("-")

    assert (version, trace_id, flags) == ("00", "0af7651916cd43dd8448eb211c80319c", "01")
    assert re.fullmatch("[0-9a-f]{16}", span)
    assert span != "b7ad6b7169203331"


def test_no_two_spans_are_the_same():
    assert len({trace.child_of(CALLER) for _ in range(100)}) == 100


def test_a_later_version_is_read_as_far_as_it_is_known():
    later = "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03-what-the-future-holds"

    assert trace.child_of(later).split("-")[1::2] == ["0af7651916cd43dd8448eb211c80319c", "01"]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "nonsense",
        f"{CALLER}-more",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    ],
)
def test_without_a_caller_that_can_be_read_a_trace_begins(header: str | None):
    begun = trace.child_of(header)

    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", begun)
    assert "0af7651916cd43dd8448eb211c80319c" not in begun


def test_what_was_accepted_is_what_is_passed_on():
    trace.accept(CALLER)

    passed_on = trace.traceparent.get()

    assert passed_on is not None
    assert passed_on.startswith("00-0af7651916cd43dd8448eb211c80319c-")
