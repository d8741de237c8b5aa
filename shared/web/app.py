"""What both portals are made of; each adds its own views, templates and menu."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, g, request
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from shared.config import Config
from shared.vault import Vault
from shared.vocabulary import Door
from shared.web import (
    access,
    assets,
    authors,
    bell,
    database,
    entrance,
    error_pages,
    formats,
    headers,
    languages,
    links,
    navigation,
    own,
    reports,
    security,
    security_log,
    sessions,
    step_up,
    uploads,
    visits,
)
from shared.web.kit import kit
from shared.web.navigation import Group
from shared.web.secret_key import secret_key

_ = (
    entrance,
    links,
    own,
    reports,
    security,
)  # their addresses stand on the blueprint of the kit
SAFE = {"GET", "HEAD", "OPTIONS"}
LARGEST_REQUEST = 2 * 1024 * 1024  # an upload's own view may allow more


def make_app(
    name: str,
    door: Door,
    blueprints: Sequence[Blueprint],
    config: Config | None = None,
    menu: Sequence[Group] = (),
) -> Flask:
    """Make a portal, sealed: a view that declares no access stops the start.

    Args:
        name: the portal's package.
        door: its database role, cookie and keys.
        blueprints: its own pages.
        config: default: from the environment.
        menu: what leads to its pages.
    """
    config = config or Config.from_environment()
    url = config.door_urls.get(door)
    if url is None:
        raise RuntimeError(f"DATABASE_URL_{door.name} is not set: `brokerpool serve` sets it.")
    base = urlsplit(config.base_urls.get(door) or f"http://{door.value}.localhost")
    https = base.scheme == "https"
    app = Flask(name, static_folder=None)
    app.config.update(
        DOOR=door,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        ORIGIN=f"{base.scheme}://{base.netloc}",
        SECRET_KEY=secret_key(config, door),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_NAME=f"__Host-{door.value}-form" if https else f"{door.value}-form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        STORAGE_DIR=config.storage_dir,
        TRUSTED_HOSTS=[base.hostname],
        VAULT=Vault.of(config),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the cookie: long forms must not fail
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(door=door.value)
    app.url_map.converters["int"] = RowNumber
    if config.proxies:  # each of ours tells the address it was called from; others' word is nothing
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]
    headers.install(app, https=https)
    security_log.install(app)
    database.install(app, url)
    app.before_request(_refuse_other_sites)
    uploads.install(app)  # before the form's token is looked for: that reads the body
    sessions.install(app, door, https=https)
    for part in (languages, assets, formats, authors):
        part.install(app)
    navigation.install(app, menu)
    bell.install(app)
    visits.install(app)
    CSRFProtect(app).exempt(f"{reports.__name__}.{reports.take.__name__}")
    error_pages.install(app)
    for blueprint in (kit, *blueprints):
        app.register_blueprint(blueprint)
    access.seal(app, step_up.demand)
    return app


class RowNumber(IntegerConverter):
    """The number of a row in an address; what no column can hold is no address."""

    def __init__(self, map: Map) -> None:  # noqa: A002  -- werkzeug's word
        super().__init__(map, max=(1 << 63) - 1)


def _refuse_other_sites() -> None:
    """Only our own pages change anything, whatever token another site got hold of.

    Browsers say where a request comes from (fetch metadata); those that do not still name the page
    it comes from. Over https a request that says nothing at all is refused.
    """
    g.viewer = g.half = None
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        own = site in {"same-origin", "none"}
    else:
        page = request.headers.get("Origin") or request.headers.get("Referer")
        secure = current_app.config["TOKEN_COOKIE_SECURE"]
        own = urlsplit(page).netloc == request.host if page else not secure
    if not own:
        abort(403)
