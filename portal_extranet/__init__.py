"""The broker's face of the pool."""

from flask import Flask


def create_app() -> Flask:
    """Make the app; a placeholder until its pages come."""
    app = Flask(__name__)

    @app.get("/")
    def home() -> str:
        return "<!doctype html><title>extranet</title><h1>extranet</h1>"

    @app.get("/health")
    def health() -> str:
        return "ok"

    return app
