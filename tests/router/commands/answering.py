"""Subgraphs of the roughest kind: sockets that answer every HTTP request with given bytes, or not at all."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from chassis.embedded.process import reserved_port

Answer = Callable[[bytes], bytes | None]
"""What to send for a request's body; None hangs up."""


def http(body: str | bytes, *, status: str = "200 OK", kind: str = "application/json") -> bytes:
    data = body.encode() if isinstance(body, str) else body
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n".encode()
        + data
    )


def service(sdl: str) -> bytes:
    return http(json.dumps({"data": {"_service": {"sdl": sdl}}}))


class Subgraph:
    """A listening socket; `heads` keeps each request's head."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.heads: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/graphql"
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self.serve(connection)

    def serve(self, connection: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            received = connection.recv(65536)
            if not received:
                return
            data += received
            if data.startswith(b"\x16"):  # TLS
                connection.sendall(http("", status="400 Bad Request"))
                return
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += connection.recv(65536)
        self.heads.append(head + b"\r\n")
        answer = self.answer(body)
        if answer is not None:
            connection.sendall(answer)

    def stop(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


@contextmanager
def subgraph(answer: bytes | Answer | None) -> Iterator[Subgraph]:
    """Serve until the block ends."""
    running = Subgraph(answer if callable(answer) else lambda _: answer)
    try:
        yield running
    finally:
        running.stop()


@contextmanager
def silent() -> Iterator[str]:
    """The URL of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/graphql"


def unused() -> str:
    """A URL where nobody listens, and nobody will."""
    return f"http://127.0.0.1:{reserved_port()}/graphql"
