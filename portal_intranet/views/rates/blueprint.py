"""The rates' pages hang here."""

from flask import Blueprint

blueprint = Blueprint("rates", __name__, template_folder="../../templates")
