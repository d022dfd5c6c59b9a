"""Colours of the terminal (ANSI, ECMA-48), or none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paint:
    """Wraps text in colour where `colour` is on."""

    colour: bool

    def error(self, text: str) -> str:
        """Paint what is wrong: bold red."""
        return self._wrap("1;31", text)

    def strong(self, text: str) -> str:
        """Paint what is said: bold."""
        return self._wrap("1", text)

    def quiet(self, text: str) -> str:
        """Paint what only leads the eye: blue."""
        return self._wrap("34", text)

    def good(self, text: str) -> str:
        """Paint what helps: green."""
        return self._wrap("32", text)

    def _wrap(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text
