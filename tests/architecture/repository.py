"""The repository as data: its tracked files, its subgraphs, and what a Python file imports."""

import ast
import subprocess
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
SUBGRAPHS = tuple(yaml.safe_load((ROOT / "supergraph.yaml").read_text())["subgraphs"])


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every file git tracks; `safe.directory` because a clone may belong to another user than the one testing."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return tuple(ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


@cache
def text_of(file: Path) -> str | None:
    """A file's text; None when it is binary."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def imports_of(file: Path) -> set[str]:
    """Every module a file imports by its full name, wherever in the file the import stands."""
    package = file.relative_to(ROOT).parent.parts
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = (
                [*package[: len(package) - node.level + 1], *filter(None, [node.module])]
                if node.level
                else [node.module or ""]
            )
            found.add(".".join(origin))
            found |= {".".join([*origin, alias.name]) for alias in node.names}
    return found


def imports_any(file: Path, *packages: str) -> set[str]:
    """Those of its imports that are one of these packages or lie inside one."""
    return {name for name in imports_of(file) if any(f"{name}.".startswith(f"{package}.") for package in packages)}
