"""Makes `.venv` from requirements.lock, every file hash-checked, with uv. Standard library only: nothing exists yet.

A stamp inside the environment names what it was made from (lock, pyproject, Python, place); while it matches, setting
up costs a few file reads. The stamp is written last, so an interrupted set-up is simply done again.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tooling.console import Failure, say
from tooling.layout import BOOTSTRAP, ENVIRONMENT, ROOT, SHOP, executable

LOCK = ROOT / "requirements.lock"
STAMP = ENVIRONMENT / ".made-from"


def is_ready() -> bool:
    """Say whether the environment is there and was made from today's lock file, at this place."""
    try:
        return STAMP.read_text(encoding="utf-8") == _made_from() and executable("python").exists()
    except OSError:
        return False


def enter() -> None:
    """Continue this very command inside the environment, making that first if need be; returns when already inside."""
    if not is_ready():
        make()
    if Path(sys.prefix).resolve() != ENVIRONMENT.resolve():
        python = str(executable("python"))
        os.execv(python, [python, str(ROOT / "dev"), *sys.argv[1:]])


def make() -> None:
    """Make or mend the environment; raises Failure, which says what to do, when it cannot."""
    with _alone():
        if is_ready():
            return
        say("Making the environment in .venv (once; later starts skip this):")
        uv = _uv()
        if not _works(executable("python")) or _was_moved():
            shutil.rmtree(ENVIRONMENT, ignore_errors=True)
            _run([uv, "venv", "--quiet", "--python", _interpreter(), ENVIRONMENT], "make .venv")
        STAMP.unlink(missing_ok=True)
        _run([uv, "pip", "sync", "--require-hashes", LOCK], "install what requirements.lock names")
        # The build backend is in the lock too: without isolation nothing comes in that was not hash-checked.
        _run(
            [uv, "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ROOT],
            "install this project",
        )
        STAMP.write_text(_made_from(), encoding="utf-8")


def _made_from() -> str:
    digest = hashlib.sha256()
    for file in (LOCK, ROOT / "pyproject.toml"):
        digest.update(file.read_bytes())
    # Console scripts hold absolute paths, so an environment that was moved or copied is made again.
    return f"{digest.hexdigest()} {ENVIRONMENT}"


@contextmanager
def _alone() -> Iterator[None]:
    """Keep two set-ups at once from tripping over each other: the second waits and then finds everything done."""
    SHOP.mkdir(parents=True, exist_ok=True)
    with (SHOP / "environment.lock").open("w") as turn:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Another ./dev is making the environment; waiting for it.")
            fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _was_moved() -> bool:
    """Say whether the environment was made for another place: its scripts then start a Python that is not there."""
    try:
        return STAMP.read_text(encoding="utf-8").partition(" ")[2] != str(ENVIRONMENT)
    except OSError:
        return False


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    probe = "import sys; sys.exit(sys.version_info[:2] < (3, 11))"
    return subprocess.run([python, "-c", probe], capture_output=True, check=False).returncode == 0


def _interpreter() -> str:
    """Answer the Python behind this one, should `./dev` have been started from some other virtual environment."""
    base = getattr(sys, "_base_executable", None) or sys.executable
    return base if Path(base).exists() else sys.executable


def _uv() -> str:
    """Answer a uv: the one on the PATH, the environment's own, else one that pip installs by the lock's hashes."""
    if found := shutil.which("uv"):
        return found
    for own in (executable("uv"), BOOTSTRAP / "bin" / "uv"):
        if own.exists() and subprocess.run([own, "--version"], capture_output=True, check=False).returncode == 0:
            return str(own)
    if find_spec("ensurepip") is None:
        raise Failure(
            f"This Python ({sys.executable}) cannot make virtual environments. "
            "Debian and Ubuntu: apt-get install python3-venv; or install uv and put it on the PATH. Then start again."
        )
    shutil.rmtree(BOOTSTRAP, ignore_errors=True)
    _run([_interpreter(), "-m", "venv", BOOTSTRAP], "make a small environment for uv")
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as wanted:
        wanted.write(_locked("uv"))
        wanted.flush()
        pip: list[str | Path] = [BOOTSTRAP / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
        _run([*pip, "install", "--quiet", "--require-hashes", "-r", wanted.name], "install uv")
    return str(BOOTSTRAP / "bin" / "uv")


def _locked(name: str) -> str:
    """Answer the lock file's entry of one package: its pinned version and hashes."""
    entry: list[str] = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{name}=="):
            entry = [line]
        elif entry and line.lstrip().startswith("--hash"):
            entry.append(line)
        elif entry:
            break
    entry[-1] = entry[-1].removesuffix("\\").rstrip()
    return "\n".join(entry) + "\n"


def _run(command: Sequence[str | Path], purpose: str) -> None:
    """Run one step of the set-up with its output in view."""
    say(f"  · {purpose}")
    inside = {
        **{name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "CONDA_PREFIX"}},
        "VIRTUAL_ENV": str(ENVIRONMENT),
        # Neither another Python than the one chosen nor a warning about file systems without hard links.
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_LINK_MODE": os.environ.get("UV_LINK_MODE", "copy" if _other_device() else "hardlink"),
    }
    words = [str(word) for word in command]
    with subprocess.Popen(words, env=inside, cwd=ROOT, stderr=subprocess.PIPE, text=True) as running:
        for line in running.stderr or ():
            # What is fetched is progress; the list of a hundred installed packages is not.
            if not line.startswith((" + ", " - ", " ~ ")):
                print(f"    {line.rstrip()}", file=sys.stderr, flush=True)
    if running.returncode != 0:
        raise Failure(
            f"Could not {purpose}: see the message above. Behind a proxy or a private package index, set the usual "
            "variables (HTTPS_PROXY, UV_INDEX_URL, PIP_INDEX_URL; SSL_CERT_FILE for a certificate of its own). "
            "Then start again: it goes on where it stopped."
        )


def _other_device() -> bool:
    cache = Path(os.environ.get("UV_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    while not cache.exists():
        cache = cache.parent
    return cache.stat().st_dev != ROOT.stat().st_dev
