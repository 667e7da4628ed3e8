"""The plugin's pages hang here."""

from flask import Blueprint

bp = Blueprint("promotion", __name__, url_prefix="/promotion", template_folder="templates")
