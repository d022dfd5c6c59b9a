"""Names of hosts, without the network's resolver: one that waits for a lost packet is slower than what is tested."""

from __future__ import annotations

import socket

import pytest


def unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on no name leads to a host."""

    def resolve(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
