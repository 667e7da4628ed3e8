"""The blueprint; its routes are in the `…_views` modules."""

from flask import Blueprint

bp = Blueprint(
    "certificates",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/certificates/static",
)
