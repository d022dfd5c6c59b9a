"""What may not be in the repository: machine paths, package registries' hosts, secrets, and files nobody can read in one go."""

import re

import pytest

from tests.architecture.repository import ROOT, text_of, tracked_files

LINES_MAX = 600
# Written by machines, checked by machines: nobody reads them in one sitting.
GENERATED = re.compile(
    r"(^|/)(package-lock\.json|requirements.*\.lock|supergraph\.graphql|schema\.graphql|core/src/operations\.ts|docs/plans\.md|.*\.d\.ts|.*\.jsonl?)$"
)
DOT = r"\."
REGISTRIES = "|".join(
    [
        "py" + "pi" + DOT + "org",
        "python" + "hosted" + DOT,
        "registry" + DOT + "(npm" + "js|yarn" + "pkg)",
        "deb" + DOT + "deb" + "ian",
        "proxy" + DOT + "golang",
    ]
)
MACHINE_PATHS = r"(?<![\w./$~}-])/(home|Users|root|wor[k]|far[m])/\w"


def test_there_are_files_to_judge() -> None:
    assert len(tracked_files()) > 50


@pytest.mark.parametrize(
    ("what", "pattern"), [("a registry's host", REGISTRIES), ("a path of one machine", MACHINE_PATHS)]
)
def test_no_file_names(what: str, pattern: str) -> None:
    naming = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in tracked_files()
        for number, line in enumerate((text_of(file) or "").splitlines(), 1)
        if re.search(pattern, line)
    ]

    assert naming == []


def test_no_private_key_is_tracked() -> None:
    marker = "-----BEGIN " + "(EC |RSA )?PRIVATE KEY-----\n?[A-Za-z0-9+/]{40}"

    assert [file for file in tracked_files() if re.search(marker, text_of(file) or "")] == []


def test_every_file_can_be_read_in_one_sitting() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in tracked_files()
        if file.suffix in {".py", ".ts", ".tsx", ".mjs", ".md", ".yml", ".yaml", ".sh"}
        and not GENERATED.search(str(file.relative_to(ROOT)))
        and "shop_client" not in file.parts
        and (lines := len((text_of(file) or "").splitlines())) > LINES_MAX
    }

    assert long == {}


def test_every_module_says_what_it_owns() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for package in ("chassis", "router", "subgraphs", "tooling")
        for file in (ROOT / package).rglob("*.py")
        if "migrations" not in file.parts and not re.match(r'(#!.*\n)?r?"""', file.read_text(encoding="utf-8"))
    ]

    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    nothing = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}

    assert [
        str(file.relative_to(ROOT))
        for file in tracked_files()
        if file.suffix in {".py", ".ts"} and file.stem in nothing
    ] == []
