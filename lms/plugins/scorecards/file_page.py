"""The page on which a file is sent; both imports of the plugin have it."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.plugins.api import DomainError, db, error_message, now, show_on
from lms.plugins.scorecards.blueprint import actor
from lms.plugins.scorecards.forms import FileForm

Take = Callable[..., tuple[int, int]]


def file_page(take: Take, back: str, **words: Any) -> ResponseReturnValue:
    """`take` reads and stores (rows read, stored); then on to `back`. `words`: the page's."""
    form, refused = FileForm(), ()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            rows, stored = take(
                db.session(), sent.read(), sent.filename or "file", actor=actor(), now=now()
            )
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            refused = getattr(error, "rows", ())
            show_on(form, error)
        else:
            flash(_("%(rows)s rows read, %(stored)s stored.", rows=rows, stored=stored), "success")
            return redirect(back, 303)
    page = render_template(
        "scorecards/import.html", form=form, refused=refused, said=error_message, back=back, **words
    )
    return page, 400 if form.is_submitted() else 200
