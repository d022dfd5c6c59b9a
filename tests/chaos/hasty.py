"""The `subgraphs` command with a shorter patience, so that a test can wait out what takes a shop minutes.

    python -m tests.chaos.hasty serve orders --port 4101

Nothing is faked: holds expire, leases run out and sweeps come as they always do, only sooner. HASTE_HOLD_S says how long
stock is held for an unpaid order.
"""

import faulthandler
import importlib
import os
import signal
import sys
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from chassis import streams
from subgraphs import NAMES, cli

HOLD_S = int(os.environ.get("HASTE_HOLD_S", "8"))
LEASE = timedelta(seconds=8)

# By package: every module in it that knows a constant of that name gets the shorter value.
PATIENCE: Mapping[str, Mapping[str, Any]] = {
    "subgraphs.orders": {
        "HOLD": timedelta(seconds=HOLD_S),
        "PATIENCE": timedelta(seconds=10),
        "LEASE": LEASE,
        "SWEEP_S": 1,
        "pause_after": lambda attempt: timedelta(seconds=2),
    },
    "subgraphs.inventory": {"SWEEP_EVERY_S": 1},
    "subgraphs.payments": {"SETTLE_AFTER": timedelta(seconds=2)},
    "chassis.streams": {"_MENDING_MS": 3_000},
}
READER_LEASE_MS = 3_000


def shorten(names: Collection[str]) -> None:
    """Set every constant of these subgraphs; KeyError names one that is no longer there."""
    for name in names:
        importlib.import_module(f"subgraphs.{name}.app")
    for package, constants in PATIENCE.items():
        if package.startswith("subgraphs.") and package.removeprefix("subgraphs.") not in names:
            continue
        modules = [
            module for name, module in list(sys.modules.items()) if name == package or name.startswith(f"{package}.")
        ]
        for constant, value in constants.items():
            knowing = [module for module in modules if hasattr(module, constant)]
            if not knowing:
                raise KeyError(f"{package} has no {constant}")
            for module in knowing:
                setattr(module, constant, value)
    defaults = streams.RedisStreams.__init__.__kwdefaults__
    assert defaults is not None
    assert "lease_ms" in defaults
    defaults["lease_ms"] = READER_LEASE_MS


if __name__ == "__main__":
    # Whoever waits in vain for it to become ready may ask where it stands.
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    shorten(NAMES if sys.argv[1] != "serve" else [name for name in NAMES if name in sys.argv])
    raise SystemExit(cli.main())
