"""Ports are listened on as soon as they are chosen."""

import socket

from chassis.embedded.process import reserved_port
from tooling import processes


def port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


def test_two_that_choose_a_port_at_the_same_time_get_one_each() -> None:
    port = reserved_port()

    with processes.listening(port) as one, processes.listening(port) as other:
        assert port_of(one) == port
        assert port_of(other) > port
        assert not processes.is_free(port_of(other))

    assert processes.is_free(port)


def test_a_port_that_is_spoken_for_is_passed_over() -> None:
    port = reserved_port()

    with processes.listening(port, other_than=port) as listener:
        assert port_of(listener) > port
