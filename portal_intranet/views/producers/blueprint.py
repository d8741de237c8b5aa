"""The room's one blueprint."""

from flask import Blueprint

blueprint = Blueprint("producers", __name__, template_folder="../../templates")
