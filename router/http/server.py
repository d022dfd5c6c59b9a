"""The listening process: uvicorn on uvloop and httptools, one worker per process, and who watches over workers."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, cast

import uvicorn

from router.http.app import App
from router.http.inbound import Bounded, Entry
from router.http.serving import Serving, Watch
from router.settings import Settings

log = logging.getLogger("router")
GRACE_SECONDS = 10
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def listen(host: str, port: int, *, shared: bool) -> socket.socket:
    """A listening socket; `shared` lets several workers have one each. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        sock.bind((host, port))
        sock.listen(2048)
    except OSError:
        sock.close()
        raise
    sock.set_inheritable(True)
    return sock


class _Server(uvicorn.Server):
    """Ends with exit code 0 when told to stop: uvicorn's own handlers would raise the signal again afterwards."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are handled on the loop; see `work`."""
        yield

    def stop(self) -> None:
        """Take no new request, finish those under way; told twice, at once."""
        self.force_exit = self.should_exit
        self.should_exit = True


def settle() -> None:
    """What stands now stays, for the collector: it need not look at it at every thousand small objects.

    After a reload this also lets go of the supergraph before, which is a cycle that nothing else would find for long.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def websocket_protocol(settings: Settings) -> Literal["websockets-sansio", "none"]:
    """Which of uvicorn's implementations speaks WebSocket with clients; it is loaded only where it is wanted."""
    wanted = settings.subscription.enabled and settings.subscription.websocket.enabled
    return "websockets-sansio" if wanted else "none"


def work(settings: Settings, supergraph: Path, sock: socket.socket) -> int:
    """Serve until told to stop; the exit code."""
    serving = Serving(settings, lambda: supergraph.read_text("utf-8"))
    watcher: list[asyncio.Task[None]] = []

    async def start() -> None:
        await serving.start()
        interval = settings.hot_reload.poll_interval.milliseconds if settings.hot_reload.enabled else 0
        watch = Watch(serving, supergraph, interval, settle)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, watch.at_once)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end)
        watcher.append(asyncio.create_task(watch.run()))
        # A plan under way in a thread shall not keep requests waiting for its turn of the interpreter.
        sys.setswitchinterval(0.001)
        gc.set_threshold(50_000, 20, 50)
        settle()

    async def stop() -> None:
        for task in watcher:
            task.cancel()
        await serving.stop()

    def end() -> None:
        serving.drain()
        server.stop()

    app = App(settings, serving, start=start, stop=stop)
    entry = Entry(settings, serving.begin, serving.answer_at_length)
    config = uvicorn.Config(
        app,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=cast("type[asyncio.Protocol]", entry.protocol) if not settings.telemetry.access_log else Bounded,
        ws=websocket_protocol(settings),
        ws_max_size=settings.limits.http_max_request_bytes,
        # A client that is gone without a word is noticed by this.
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        ws_per_message_deflate=False,
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        # Who may say for whom they ask is client_address.trusted_proxies alone.
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=2048,
    )
    server = _Server(config)
    server.run(sockets=[sock])
    return 0 if server.started else 1


def serve(settings: Settings, supergraph: Path, host: str, port: int, workers: int) -> int:
    """Serve with this many workers. Raises OSError when the port is taken."""
    if workers == 1:
        return work(settings, supergraph, listen(host, port, shared=False))
    # Taken here for good, so that a taken port is an error and the port stays ours while a worker restarts.
    sockets = [listen(host, port, shared=True) for _ in range(workers)]
    return _Workers(settings, supergraph, sockets).run()


class _Workers:
    """Forks workers, starts those that die again, and hands signals on."""

    def __init__(self, settings: Settings, supergraph: Path, sockets: list[socket.socket]) -> None:
        self.settings = settings
        self.supergraph = supergraph
        self.sockets = sockets
        self.pids: dict[int, int] = {}
        self.stopping = False

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        signal.signal(signal.SIGHUP, lambda *_: self.tell(signal.SIGHUP))
        for index in range(len(self.sockets)):
            self.fork(index)
        failures = 0
        while self.pids:
            pid, status = os.wait()
            if pid not in self.pids:
                continue
            index = self.pids.pop(pid)
            if self.stopping:
                continue
            failures += 1
            log.error("worker %d ended with %d", pid, os.waitstatus_to_exitcode(status))
            if failures > 10 * len(self.sockets):
                self.stop()
                return 1
            self.fork(index)
        return 0

    def fork(self, index: int) -> None:
        """Start a worker, unless all are to stop.

        Signals wait meanwhile: one that came between a worker's birth and the moment its number is known would pass it
        by, and it would run for ever.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        pid = None if self.stopping else os.fork()
        if pid != 0:
            if pid is not None:
                self.pids[pid] = index
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            return
        code = 1
        try:
            for number in SIGNALS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            code = work(self.settings, self.supergraph, self.sockets[index])
        finally:
            os._exit(code)

    def stop(self) -> None:
        self.stopping = True
        self.tell(signal.SIGTERM)

    def tell(self, number: signal.Signals) -> None:
        for pid in self.pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                continue
