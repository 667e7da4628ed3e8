"""The board of a year and one person's dossier; what is done there is in `deciding_views`."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.plugins.api import (
    access,
    db,
    download,
    here,
    now,
    page_of,
    page_url,
    viewer,
)
from lms.plugins.promotion import board as boards
from lms.plugins.promotion import deciding_views, words
from lms.plugins.promotion.blueprint import bp
from lms.plugins.promotion.dossier_page import person_of, shown
from lms.plugins.promotion.policy import TRACKS, track_named

__all__ = ["bp", "deciding_views"]


@bp.get("")
@access.requires("promotion.view")
def board() -> ResponseReturnValue:
    asked = request.args
    found = boards.board(
        db.session(),
        asked.get("year", type=int),
        text=asked.get("q", ""),
        verdict=asked.get("verdict", ""),
        scope=viewer().clause("promotion.view"),
        now=now(),
        track=track_named(asked.get("track")),
    )
    if kind := asked.get("format"):
        rows = boards.export(db.session(), found)
        return download(
            f"promotion-{found.check.track.key}-{found.year}", boards.EXPORT, rows, kind
        )
    page = page_of(found.rows)
    details = boards.details(db.session(), found, page.items)
    return render_template(
        "promotion/board.html", board=found, page=page, details=details, here=here,
        page_url=page_url, words=words, text=asked.get("q", ""), verdict=asked.get("verdict", ""),
        tracks=TRACKS.values(), track=found.check.track,
    )  # fmt: skip


@bp.get("/me")
@access.requires("promotion.view")
def mine() -> ResponseReturnValue:
    return redirect(url_for(".dossier", person_id=viewer().person_id))


@bp.get("/<int:person_id>")
@access.requires("promotion.view")
def dossier(person_id: int) -> ResponseReturnValue:
    return shown(person_of("promotion.view", person_id), request.args.get("year", type=int))
