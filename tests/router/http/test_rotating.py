"""A shared file: one writer at a time, a bound on all of it, and nobody writes to what was moved aside."""

import fcntl
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from router.http.rotating import Rotating


def append(file: Rotating, text: str) -> None:
    with file.opened() as number:
        os.write(number, text.encode())


def open_here(path: Path) -> int:
    """How often this process has the file open."""
    links = Path("/proc/self/fd")
    return sum(os.path.realpath(link) == str(path) for link in links.iterdir())


def test_the_oldest_is_deleted(tmp_path: Path) -> None:
    file = Rotating(str(tmp_path / "usage.jsonl"), bytes_max=1, files_max=3)

    for text in ("one", "two", "three", "four"):
        append(file, text)

    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {
        "usage.2.jsonl": "two",
        "usage.1.jsonl": "three",
        "usage.jsonl": "four",
    }


def test_one_writes_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "usage.jsonl"

    with (
        Rotating(str(path), bytes_max=100, files_max=2).opened(),
        path.open() as other,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_who_waited_for_a_file_that_was_moved_aside_writes_to_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "usage.jsonl"
    file = Rotating(str(path), bytes_max=100, files_max=2)

    with ThreadPoolExecutor() as threads:
        with file.opened():
            waiting = threads.submit(append, file, "late")
            while open_here(path) < 2:
                pass
            path.rename(tmp_path / "elsewhere.jsonl")
        waiting.result()

    assert path.read_text() == "late"
    assert (tmp_path / "elsewhere.jsonl").read_text() == ""


@pytest.mark.parametrize("limits", [(0, 2), (100, 0)])
def test_a_limit_of_nothing_keeps_what_was_written_last(tmp_path: Path, limits: tuple[int, int]) -> None:
    file = Rotating(str(tmp_path / "usage.jsonl"), bytes_max=limits[0], files_max=limits[1])

    append(file, "one")
    append(file, "two")

    assert (tmp_path / "usage.jsonl").read_text().endswith("two")
