"""The reference site beside the labs: built from docs/ and served on this machine, so that a check's link opens."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lmi_labs.places import project_root

log = logging.getLogger(__name__)

BASE_VARIABLE = "LMI_LABS_DOCS"
"""The environment variable that tells kernels where the site is served."""


def address(docs: str) -> str:
    """Where `labs/day52.md#vpc` can be read: on the served site, or else the file in the clone."""
    base = os.environ.get(BASE_VARIABLE)
    if not base:
        return f"docs/{docs}"
    page, _, anchor = docs.partition("#")
    return f"{base.rstrip('/')}/{page.removesuffix('.md')}/#{anchor}"


def build_site() -> Path | None:
    """Build the site with mkdocs. Returns its folder, None when that can't be done here; the labs work without it."""
    root = project_root()
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(root / "mkdocs.yml")]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    site = root / "build" / "site"
    if done.returncode or not (site / "index.html").exists():
        log.warning("the reference site was not built: %s", done.stderr.strip()[-300:])
        return None
    return site


def serve_site(site: Path) -> tuple[ThreadingHTTPServer, str]:
    """Serve the folder on a free port of this machine, in a thread. Returns the server and its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing about requests."""
