"""The page at `/`: the playground's built files, or a word about how to build them."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import NamedTuple

NOT_BUILT = b"""<!doctype html> <html lang="en"><meta charset="utf-8"><title>GraphQL router</title>
<style>body{font:16px/1.5 system-ui;max-width:42rem;margin:4rem auto;padding:0 1rem}code{background:#eee;padding:.1em
.3em}</style> <h1>The router is running</h1> <p>There is no query editor here: <code>sandbox.directory</code> of the
configuration holds no page. In a checkout of the shop, <code>./dev up</code> builds one where Node is. Operations go to
<code>POST /graphql</code>:</p> <pre>curl -H 'content-type: application/json' -d '{"query":"{ __typename }"}'
http://localhost:4000/graphql</pre> <script>const shown = document.querySelector("pre");
shown.textContent = shown.textContent.replace("http://localhost:4000", location.origin)</script> </html>
"""


class Page(NamedTuple):
    """A file to send."""

    content_type: str
    body: bytes
    immutable: bool


class Homepage:
    """Serves the files of one directory and nothing outside it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.resolve()

    def page(self, path: str) -> Page | None:
        """The file at a URL path; None where there is none."""
        built = (self.directory / "index.html").is_file()
        if path == "/":
            if not built:
                return Page("text/html; charset=utf-8", NOT_BUILT, immutable=False)
            path = "/index.html"
        wanted = (self.directory / path.lstrip("/")).resolve()
        if not built or not wanted.is_relative_to(self.directory) or not wanted.is_file():
            return None
        kind = mimetypes.guess_type(wanted.name)[0] or "application/octet-stream"
        if kind.startswith("text/") or kind.endswith(("javascript", "json")):
            kind += "; charset=utf-8"
        # Vite puts a hash of the content into the names below assets/.
        return Page(kind, wanted.read_bytes(), immutable=path.startswith("/assets/"))
