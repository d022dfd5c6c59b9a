"""Crash points: silent unless asked for, then final."""

import signal
import subprocess
import sys

import pytest

from chassis.app import create_app
from chassis.faults import CrashPlan
from chassis.settings import Settings, UnsafeSettings

PROGRAM = """
from chassis import faults
import sys
faults.arm(sys.argv[1])
for turn in range(4):
    print(turn, flush=True)
    faults.reach("toys.move.lifted")
    faults.reach("toys.move.put_down")
"""


def run(crash_at: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", PROGRAM, crash_at], capture_output=True, text=True, check=False)


def test_a_process_passes_places_nobody_named():
    ended = run("")

    assert (ended.returncode, ended.stdout.split()) == (0, ["0", "1", "2", "3"])


@pytest.mark.parametrize(
    ("crash_at", "printed"),
    [
        ("toys.move.lifted", ["0"]),
        ("toys.move.put_down:3", ["0", "1", "2"]),
        ("nowhere, toys.move.lifted:2", ["0", "1"]),
    ],
)
def test_a_process_dies_at_the_arrival_that_was_named(crash_at: str, printed: list[str]):
    ended = run(crash_at)

    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout.split() == printed


def test_its_last_words_say_at_which_of_several_places_it_died():
    ended = run("toys.move.put_down, toys.move.lifted:2")

    assert ended.stderr == "killed at toys.move.put_down\n"


def test_it_dies_once_and_not_at_every_arrival_after():
    kills: list[str] = []
    plan = CrashPlan("a:2", kill=lambda: kills.append("a"))

    for _ in range(4):
        plan.reach("a")

    assert kills == ["a"]


@pytest.mark.parametrize("text", ["a:0", "a:x", ":2", "a:-1"])
def test_a_plan_that_cannot_be_read_is_refused(text: str):
    with pytest.raises(ValueError, match="CRASH_AT"):
        CrashPlan(text)


def test_production_refuses_to_start_with_a_planned_crash():
    settings = Settings(environment="production", internal_token="x" * 40, router_secret="y" * 40, crash_at="a")

    with pytest.raises(UnsafeSettings, match="CRASH_AT"):
        create_app([], settings)
