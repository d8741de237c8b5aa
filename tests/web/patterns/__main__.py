"""``python -m tests.web.patterns``: the pattern pages of both portals, to be looked at."""

import tempfile
from pathlib import Path
from threading import Thread

from werkzeug.serving import make_server

from tests.web.patterns import PAGES, make_patterns

FIRST_PORT = 8650


def serve() -> None:
    with tempfile.TemporaryDirectory() as home:
        for port, (door, pages) in enumerate(PAGES.items(), FIRST_PORT):
            app = make_patterns(door, Path(home))
            app.config["TEMPLATES_AUTO_RELOAD"] = True
            server = make_server("127.0.0.1", port, app, threaded=True)
            Thread(target=server.serve_forever, daemon=True).start()
            for page in pages:
                print(f"http://{door}.localhost:{port}/{page}")  # noqa: T201
        input("Enter ends it. ")


if __name__ == "__main__":
    serve()
