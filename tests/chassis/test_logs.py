"""Logs say what happened, and never what was secret."""

import json
from collections.abc import Iterator

import pytest
import structlog

from chassis import trace
from chassis.logs import configure


@pytest.fixture(autouse=True)
def no_trace_afterwards() -> Iterator[None]:
    yield
    trace.accept(None)


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_local_variables(form: str, capsys: pytest.CaptureFixture[str]):
    configure(form=form)
    password = "hunter" + "2"

    try:
        raise RuntimeError(f"{len(password)} characters")
    except RuntimeError:
        structlog.get_logger("test").exception("failed")

    printed = capsys.readouterr().err
    assert "RuntimeError" in printed
    assert password not in printed


def test_a_line_names_its_trace_and_its_level(capsys: pytest.CaptureFixture[str]):
    configure(form="json", level="warning")
    trace.accept("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")

    structlog.get_logger("test").info("quiet")
    structlog.get_logger("test").warning("loud", subgraph="toys")

    (line,) = [json.loads(each) for each in capsys.readouterr().err.splitlines()]
    assert (line["event"], line["level"], line["subgraph"]) == ("loud", "warning", "toys")
    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
