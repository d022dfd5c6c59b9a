"""Reads operations from where they are kept: folders of documents, manifests, and usage that the router exported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from router.checks.operations import Operation, Sender, from_documents, from_manifest, from_usage, merged
from router.checks.settings import OperationsFrom
from router.sources.files import Unreadable, read_text

DOCUMENTS = (".graphql", ".gql", ".graphqls")
FILES_MAX = 20_000


def read_operations(
    sources: Sequence[OperationsFrom], folder: Path, since_days: int | None = None
) -> tuple[tuple[Operation, ...], int]:
    """All operations, each once, and how many counted requests have no document. Paths are relative to `folder`.

    Raises Unreadable and BadOperations. A `.json` file is a manifest, a `.jsonl` file usage, a folder is searched for
    documents and for both of these.
    """
    found: list[Operation] = []
    usage: list[tuple[str, str]] = []
    for source in sources:
        root = Path(source.path) if Path(source.path).is_absolute() else folder / source.path
        sender = Sender(source.client, source.version)
        files = _files(root)
        here = from_documents([(str(file), read_text(file)) for file in files if file.suffix in DOCUMENTS], sender)
        # In a folder of documents other JSON is at home too; a manifest there is named as one.
        manifests = [file for file in files if file.suffix == ".json" and (file == root or "manifest" in file.name)]
        for file in manifests:
            here += from_manifest(str(file), read_text(file), sender)
        counted_here = [(str(file), read_text(file)) for file in files if file.suffix == ".jsonl"]
        if not here and not counted_here:
            raise Unreadable(f"{root} holds no operations: none in .graphql, no manifest (.json), no usage (.jsonl)")
        found += here
        usage += counted_here
    counted, unknown = from_usage(usage)
    return merged([*found, *_recent(counted, since_days)]), unknown


def _files(root: Path) -> list[Path]:
    if not root.exists():
        raise Unreadable(f"{root} cannot be read: there is no such file or folder")
    if root.is_file():
        return [root]
    files = [file for file in root.rglob("*") if file.suffix in (*DOCUMENTS, ".json", ".jsonl") and file.is_file()]
    files = [file for file in files if "node_modules" not in file.parts]
    if len(files) > FILES_MAX:
        raise Unreadable(f"{root} holds more than {FILES_MAX} files")
    return sorted(files)


def _recent(operations: Sequence[Operation], since_days: int | None) -> Sequence[Operation]:
    """Those that anybody sent within these days."""
    if since_days is None:
        return operations
    oldest = (datetime.now(UTC) - timedelta(days=since_days)).isoformat().replace("+00:00", "Z")
    return [each for each in operations if any(sender.last_seen >= oldest for sender in each.senders)]
