"""What the page of an import needs beyond the import itself."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from lms.db import Session
from lms.i18n import pick
from lms.results import importing
from lms.results.defined.scoring import known_metrics
from lms.results.metrics import RATIO
from lms.results.models import ImportRun
from lms.results.sources import Said, open_columns
from lms.results.words import COLUMNS
from lms.tabular.words import required_and_optional
from lms.web.lists import Page


def paginate(session: Session, statement: Any, number: int, per_page: int) -> Page[Any]:
    number = max(1, number)
    total = session.scalar(select(func.count(ImportRun.id))) or 0
    rows = session.execute(statement.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(list(rows), number, max(1, -(-total // per_page)), total)


def columns(session: Session, run: ImportRun) -> dict[str, Any]:
    """Choices for unknown columns, {code: word}, and the ratio columns of the file."""
    if run.kind == importing.KPI:
        known = known_metrics(session)
        words = {m.code: pick(m.label) for m in known}
        ratios = {m.code for m in known if m.unit == RATIO}
    else:
        words, ratios = {}, set()
    words |= {code: pick(COLUMNS[code]) for code in required_and_optional(run.kind)}
    taken = run.summary.get("columns", {})
    free = {code: word for code, word in words.items() if code not in taken.values()}
    return {
        "words": words,
        "choosable": {**open_columns(run), **recognised(run)},
        "recognised": recognised(run),
        "free": free,
        "ratios": {header: code for header, code in taken.items() if code in ratios},
    }


def said(run: ImportRun, form: MultiDict[str, str]) -> Said:
    """What was chosen and ticked. Recognised columns that were left alone are not in it."""
    known, columns = recognised(run), {}
    for place, (name, now) in enumerate({**open_columns(run), **known}.items()):
        code = form.get(f"column-{place}", now)
        if name not in known or code != now:
            columns[name] = code
    return Said(columns, form.getlist("percent"))


def recognised(run: ImportRun) -> Mapping[str, str]:
    """The columns taken for metrics by their names, of which nothing was said for the source."""
    own, spoken_of = run.summary.get("own", {}), open_columns(run)
    return {n: code for n, code in own.items() if code not in COLUMNS and n not in spoken_of}


def done(counts: Mapping[str, int]) -> str:
    """What an import has changed, in a sentence."""
    if importing.changes_nothing(dict(counts)):
        return str(_("Everything in the file was here already; nothing changed."))
    changed, held = counts.get("added", 0) + counts.get("replaced", 0), counts.get("held", 0)
    said = []
    if changed or not held:
        said.append(ngettext("%(num)s entry stored.", "%(num)s entries stored.", changed))
    if held:
        said.append(
            ngettext(
                "%(num)s correction of a closed month waits for a revision.",
                "%(num)s corrections of closed months wait for a revision.",
                held,
            )
        )
    return " ".join(str(sentence) for sentence in said)
