"""The blueprint; its routes are in `views` and `plugin_views`."""

from flask import Blueprint

bp = Blueprint("rules", __name__)
