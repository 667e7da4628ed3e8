"""Errors as pages and as messages beside the field they are about."""

from typing import Any

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.exceptions import NotFound as NoPage

from lms.db import Localized, db
from lms.errors import Conflict, DomainError, NotAllowed, NotFound
from lms.i18n import pick


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(DataError, _no_such_value)
    app.register_error_handler(OverflowError, _no_such_value)
    app.register_error_handler(500, _http)


def message(error: DomainError) -> str:
    """The refusal in the reader's language."""
    shown = {k: pick(v) if isinstance(v, Localized) else v for k, v in error.params.items()}
    return str(_(error.message, **shown))


def show_on(form: FlaskForm, error: DomainError) -> None:
    """Put the message beside its field, or over the form; undo what the attempt began."""
    db.session.rollback()
    field: Any = getattr(form, error.field or "", None)
    if field is None:
        form.form_errors.append(message(error))
    else:
        field.errors = [*field.errors, message(error)]


def page(code: int, title: str, text: str) -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        return text, code
    shown = render_template(
        "errors/error.html", code=code, title=title, message=text, request_id=g.get("request_id")
    )
    return shown, code


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is not None and error.code < 400:
        return error.get_response()
    db.session.rollback()
    code = error.code or 500
    titles = {
        400: _("That did not work"),
        403: _("Not for you"),
        404: _("Nothing here"),
        405: _("Not possible here"),
        413: _("Too large"),
        429: _("Too many tries"),
    }
    texts = {
        400: _("The request was not understood. Go back and try again."),
        403: _("Your role does not include this page or this person."),
        404: _("The page does not exist, or is not there any more."),
        405: _("This address cannot be used this way."),
        413: _("The file is larger than this site accepts (%(limit)s MB).", limit=_most()),
        429: _("Wait a minute and try again."),
    }
    own_text = type(error).description != error.description and error.description
    title = titles.get(code, _("Something went wrong"))
    text = own_text or texts.get(
        code, _("The fault is ours, nothing you typed was saved. Try again in a moment.")
    )
    if code >= 500:
        text = _("The fault is ours, nothing you typed was saved. Try again in a moment.")
    return page(code, title, text)


def _most() -> str:
    return f"{current_app.config['MAX_CONTENT_LENGTH'] / 1024 / 1024:g}"


def _domain(error: DomainError) -> ResponseReturnValue:
    db.session.rollback()
    codes = {NotAllowed: 403, NotFound: 404, Conflict: 409}
    code = next((code for kind, code in codes.items() if isinstance(error, kind)), 400)
    return page(code, _("That did not work"), message(error))


def _busy(error: OperationalError) -> ResponseReturnValue:
    if "locked" not in str(error):
        raise error
    db.session.rollback()
    return page(503, _("Busy"), _("Many people are saving at once. Go back and try again."))


def _no_such_value(error: DataError | OverflowError) -> ResponseReturnValue:
    """No column can hold what an address asks for, like a number of thirty digits: nothing has it.

    PostgreSQL refuses it itself, for SQLite its driver does.
    """
    if isinstance(error, OverflowError) and "SQLite" not in str(error):
        raise error
    if request.method in ("GET", "HEAD"):
        return _http(NoPage())
    current_app.logger.warning("refused: %s", getattr(error, "orig", error))
    return _http(BadRequest())
