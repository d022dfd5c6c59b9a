"""A port chosen for a server that starts later is that server's."""

import socket
import sys

import pytest

from chassis.embedded.process import reserved_port
from router.http.server import listen

OTHERS = 500


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a bound port for who asks for it by number")
def test_nobody_is_handed_a_reserved_port():
    reserved = {reserved_port() for _ in range(200)}
    others = [socket.create_server(("127.0.0.1", 0)) for _ in range(OTHERS)]
    try:
        assert reserved.isdisjoint(other.getsockname()[1] for other in others)
    finally:
        for other in others:
            other.close()


def test_a_reserved_port_refuses_until_its_server_listens_and_again_when_it_is_gone():
    port = reserved_port()
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=2)
        with socket.create_server(("127.0.0.1", port)), socket.create_connection(("127.0.0.1", port), timeout=2):
            pass


def test_several_workers_listen_on_one_reserved_port():
    port = reserved_port()
    with listen("127.0.0.1", port, shared=True), listen("127.0.0.1", port, shared=True):
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
