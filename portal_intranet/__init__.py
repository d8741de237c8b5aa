"""The staff's face of the pool."""

from flask import Flask

from portal_intranet import views
from portal_intranet.navigation import MENU
from shared.config import Config
from shared.vocabulary import Door
from shared.web.app import make_app
from shared.web.rooms import blueprints_of


def create_app(config: Config | None = None) -> Flask:
    """Make the portal; settings come from the environment where none are given."""
    return make_app(__name__, Door.INTRANET, blueprints_of(views), config, MENU)
