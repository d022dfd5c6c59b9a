"""Text files in and out: read with a clear word on what is wrong, written whole or not at all."""

from __future__ import annotations

import codecs
import contextlib
import os
import stat
import sys
import tempfile
from pathlib import Path

FILE_BYTES_MAX = 64 * 1024 * 1024
"""No schema is longer; what is, was named by mistake."""
STANDARD_STREAM = "-"
_OTHER_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Unreadable(Exception):
    """A file cannot be used; the message names it and says why."""


def read_text(path: Path, *, bytes_max: int = FILE_BYTES_MAX, may_be_empty: bool = False) -> str:
    """The text of a UTF-8 file, or of standard input for `-`, without its byte order mark, lines ended by LF.

    Raises Unreadable for what is missing, a directory, not permitted, too large, empty or not UTF-8.
    """
    name = "standard input" if str(path) == STANDARD_STREAM else str(path)
    try:
        data = _read(path, bytes_max)
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Unreadable(f"{name} cannot be read: {said}") from None
    if len(data) > bytes_max:
        raise Unreadable(f"{name} is larger than {bytes_max // 1024 // 1024} MB")
    if data.startswith(_OTHER_ENCODINGS):
        raise Unreadable(f"{name} is UTF-16; save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"{name} is not UTF-8 text: byte 0x{data[error.start]:02x} in line {line}") from None
    if "\0" in text:
        raise Unreadable(f"{name} is not text: it holds zero bytes")
    if not may_be_empty and not text.strip():
        raise Unreadable(f"{name} is empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read(path: Path, bytes_max: int) -> bytes:
    if str(path) == STANDARD_STREAM:
        return sys.stdin.buffer.read(bytes_max + 1)
    with path.open("rb") as file:
        return file.read(bytes_max + 1)


def write_whole(path: Path, text: str) -> None:
    """Put the text in place of the file in one step: who reads it meanwhile has the old text or the new one.

    What is no regular file (a pipe, /dev/stdout) is written to as it is. Raises Unreadable.
    """
    try:
        target = path.resolve() if path.is_symlink() else path
        if target.exists() and not target.is_file():
            if target.is_dir():
                raise IsADirectoryError(None, "Is a directory")
            target.write_text(text, encoding="utf-8")
            return
        _replace(target, text)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Unreadable(f"{path} cannot be written: {said}") from None


def _replace(target: Path, text: str) -> None:
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_mode(target))
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _mode(target: Path) -> int:
    """The permissions the file has, or those that any new file gets."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
