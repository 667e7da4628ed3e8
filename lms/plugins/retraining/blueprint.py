"""The plugin's pages hang here."""

from flask import Blueprint

bp = Blueprint("retraining", __name__, url_prefix="/retraining", template_folder="templates")
