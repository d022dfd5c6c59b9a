"""The workflow that guards this repository's schema: its steps run here as they do there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.architecture.repository import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "schema.yml").read_text())


def steps() -> dict[str, str]:
    return {
        step["name"]: step["run"] for step in WORKFLOW["jobs"]["check"]["steps"] if "run" in step and "name" in step
    }


def run(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, "RUNNER_TEMP": str(folder), "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), **environment}
    return subprocess.run(
        ["bash", "-e", "-c", script], cwd=ROOT, env=given, capture_output=True, text=True, check=False
    )


def test_no_step_pastes_what_a_stranger_wrote_into_a_script() -> None:
    assert [script for script in steps().values() if re.search(r"\$\{\{", script)] == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="there is no git history here")
@pytest.mark.skipif(not (ROOT / ".venv" / "bin" / "router").exists(), reason="./dev did not make the environment")
def test_its_steps_judge_the_schema_of_the_commit_itself(tmp_path: Path) -> None:
    taken = run(steps()["Take the base's supergraph and operations"], tmp_path, BASE="HEAD")
    judged = run(steps()["Compose, compare, judge, lint"], tmp_path)
    shown = run(steps()["Show the summary"], tmp_path)

    assert taken.returncode == 0, taken.stderr
    assert "router check:" in judged.stdout, judged.stderr
    assert judged.returncode in (0, 1)  # the working tree may be in the midst of a change
    assert shown.returncode == 0
    assert (tmp_path / "summary.md").read_text().startswith("## ")
    assert "<testsuites" in (tmp_path / "schema.xml").read_text()
