"""The `subgraphs` command with a shorter patience, so that a test can wait out what takes a shop minutes.

    python -m tests.chaos.hasty serve orders --port 4101

Nothing is faked: leases run out and sweeps come as they always do, only sooner. What an operator may want otherwise is a
setting (CHECKOUT_HOLD_S, EVENT_LEASE_MS); what is here is nobody's business but the shop's own, and this is the one place
where it is made shorter.
"""

import faulthandler
import importlib
import signal
import sys
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from subgraphs import NAMES, cli

# By package: every module in it that knows a constant of that name gets the shorter value.
PATIENCE: Mapping[str, Mapping[str, Any]] = {
    "subgraphs.orders": {
        "PATIENCE": timedelta(seconds=10),
        "LEASE": timedelta(seconds=8),
        "SWEEP_S": 1,
        "pause_after": lambda attempt: timedelta(seconds=2),
    },
    "subgraphs.inventory": {"SWEEP_EVERY_S": 1},
    "subgraphs.payments": {"SETTLE_AFTER": timedelta(seconds=2)},
    "chassis.streams": {"_MENDING_MS": 3_000},
}


def shorten(names: Collection[str]) -> None:
    """Set every constant of these subgraphs; KeyError names one that is no longer there."""
    for name in names:
        importlib.import_module(f"subgraphs.{name}.app")
    for package, constants in PATIENCE.items():
        if package.startswith("subgraphs.") and package.removeprefix("subgraphs.") not in names:
            continue
        importlib.import_module(package)
        modules = [
            module for name, module in list(sys.modules.items()) if name == package or name.startswith(f"{package}.")
        ]
        for constant, value in constants.items():
            knowing = [module for module in modules if hasattr(module, constant)]
            if not knowing:
                raise KeyError(f"{package} has no {constant}")
            for module in knowing:
                setattr(module, constant, value)


if __name__ == "__main__":
    # Whoever waits in vain for it to become ready may ask where it stands.
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    shorten(NAMES if sys.argv[1] != "serve" else [name for name in NAMES if name in sys.argv])
    raise SystemExit(cli.main())
