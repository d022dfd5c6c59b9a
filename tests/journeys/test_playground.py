"""The page at `/`, in a real browser: it shows the shop's operations, runs one, and asks nothing but the router."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.journeys.shop import ROOT, Shop

CLIENTS = ROOT / "clients"
BROWSER = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(
    BROWSER is None or shutil.which("node") is None or not (CLIENTS / "playground" / "dist" / "index.html").exists(),
    reason="needs Node, Chromium, and `npm run build -w playground` in clients, which `./dev test` runs where Node is",
)


def test_the_playground_runs_the_shops_operations_without_the_internet(shop: Shop, tmp_path: Path) -> None:
    result = subprocess.run(
        ["node", "playground/tests/in_browser.mjs", shop.page, str(tmp_path / "playground.png")],
        cwd=CLIENTS,
        env={**os.environ, "CHROMIUM": str(BROWSER)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr
    seen = json.loads(result.stdout)
    assert seen["faults"] == []
    assert {"Home", "Search", "ProductPage", "CartPage", "CheckoutPage", "Checkout"} <= set(seen["tabs"])
    assert "products" in seen["plan"]
