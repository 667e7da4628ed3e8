"""The board of a year and one person's dossier; what is done there is in `deciding_views`."""

from urllib.parse import quote

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.plugins.api import (
    access,
    db,
    download,
    here,
    limiter,
    locale,
    note_reading,
    now,
    organisation,
    page_of,
    page_url,
    pick,
    viewer,
)
from lms.plugins.promotion import archive_views, deciding_views, paper, record_views, words
from lms.plugins.promotion import board as boards
from lms.plugins.promotion.blueprint import bp
from lms.plugins.promotion.dossier_page import dossier_asked, person_of, shown
from lms.plugins.promotion.policy import TRACKS, track_named

__all__ = ["archive_views", "bp", "deciding_views", "record_views"]


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
    return shown(person_of("promotion.view", person_id))


@bp.get("/<int:person_id>/dossier.pdf")
@access.requires("promotion.view")
@limiter.limit("30/minute")
def print_dossier(person_id: int) -> ResponseReturnValue:
    """The same page for the file; the person's own leaves out who nominated and decided."""
    person = person_of("promotion.view", person_id)
    found = dossier_asked(person)
    sheet = paper.draw(
        paper.parts(found, person, names_shown=viewer().person_id != person.id),
        title=person.name, author=pick(organisation(db.session()).name), at=now(),
        language=locale(),
    )  # fmt: skip
    name = f"{person.staff_no}_{found.check.track.key}_{found.check.year}.pdf"
    if viewer().person_id != person_id:
        note_reading("export.take", ("person", person_id), file=name)
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}"}
    return Response(sheet, mimetype="application/pdf", headers=headers)
