"""Where things lie: the project's root and what the tools keep beside the code, none of it tracked by git."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
# SHOP_DIRECTORY lets tests run a second shop from the same checkout.
SHOP = Path(os.environ.get("SHOP_DIRECTORY") or ROOT / ".shop").resolve()
LOGS = SHOP / "logs"
BOOTSTRAP = SHOP / "bootstrap"
POSTGRES = SHOP / "postgres"
SUPERGRAPH = ROOT / "supergraph.graphql"
SUPERGRAPH_CONFIG = ROOT / "supergraph.yaml"


def executable(name: str) -> Path:
    """Answer the path of a console script of the environment."""
    return ENVIRONMENT / "bin" / name
