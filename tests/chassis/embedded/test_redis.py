"""The embedded Redis is a real one, on a port of its own, behind a password."""

import os
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from chassis.embedded import redis
from chassis.embedded.process import EmbeddedServerError

pytestmark = pytest.mark.skipif("REDIS_URL" in os.environ, reason="REDIS_URL names a server, so none is started")


def test_it_keeps_what_it_is_told(tmp_path: Path) -> None:
    with redis.start(tmp_path / "a path with spaces") as server, Redis.from_url(server.url) as client:
        client.set("greeting", "hello")

        assert client.get("greeting") == b"hello"


def test_it_refuses_a_client_without_the_password(tmp_path: Path) -> None:
    with redis.start(tmp_path) as server:
        port = int(server.url.rpartition(":")[2].partition("/")[0])

        with Redis(port=port) as stranger, pytest.raises(AuthenticationError):
            stranger.ping()


def test_a_directory_in_use_is_refused_and_free_again_after_stopping(tmp_path: Path) -> None:
    with redis.start(tmp_path), pytest.raises(EmbeddedServerError, match="in use"):
        redis.start(tmp_path)

    redis.start(tmp_path).stop()
