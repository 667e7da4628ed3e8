"""Figures that another system sends by itself: the same rows, read and taken as from a file."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms import audit
from lms.audit import Actor
from lms.db import Session
from lms.errors import Conflict, DomainError
from lms.i18n import N_
from lms.people.models import ApiToken
from lms.results import importing
from lms.results.models import ImportRun, KpiPush

# Of the tokens with which other systems send.
PURPOSE = "kpi"
_ACTOR = Actor(None, "api")
_MOST_ROWS, _MOST_COLUMNS, _LONGEST_KEY = 5000, 100, 100


class Sent(NamedTuple):
    """What stands in the request. `percent`: metric codes whose column is in percent."""

    rows: Sequence[Mapping[str, Any]]
    columns: Sequence[str]
    percent: Sequence[str]
    accept_valid: bool


class RowsRefused(DomainError):
    """`refused`: as in `Reading`; nothing was stored."""

    def __init__(self, run: ImportRun) -> None:
        super().__init__(N_("%(count)s rows are refused."), count=len(run.refused))
        self.refused = list(run.refused)


def read(document: object) -> Sent:
    """The request's JSON; DomainError names the row and the column that cannot be read."""
    if not isinstance(document, Mapping):
        raise DomainError("Send a JSON object with “rows”.", field="rows")
    rows, percent = document.get("rows"), document.get("percent", [])
    if not isinstance(rows, list) or not rows:
        raise DomainError("“rows” is a list with at least one object.", field="rows")
    if len(rows) > _MOST_ROWS:
        raise DomainError(
            "Send %(count)s rows at most in one request.", field="rows", count=_MOST_ROWS
        )
    if not isinstance(percent, list) or not all(isinstance(code, str) for code in percent):
        raise DomainError("“percent” is a list of metric codes.", field="percent")
    columns: dict[str, None] = {}
    for number, row in enumerate(rows, 1):
        if not isinstance(row, Mapping):
            raise DomainError("Row %(row)s is not an object.", field="rows", row=number)
        for name, value in row.items():
            columns[name] = None
            if isinstance(value, bool) or not isinstance(value, str | int | float | None):
                raise DomainError(
                    "Row %(row)s, “%(name)s”: a number, a text or null.",
                    field="rows", row=number, name=name,
                )  # fmt: skip
    if len(columns) > _MOST_COLUMNS:
        raise DomainError(
            "Send %(count)s different columns at most.", field="rows", count=_MOST_COLUMNS
        )
    return Sent(rows, tuple(columns), percent, document.get("accept_valid") is True)


def take(
    session: Session, token: ApiToken, key: str, sent: Sent, *, now: datetime
) -> tuple[dict[str, Any], bool]:
    """The answer, and whether it is one that was given before; commits.

    Raises RowsRefused, and Conflict for a key that came with other rows.
    """
    if not 1 <= len(key) <= _LONGEST_KEY:
        raise DomainError(
            "Send an Idempotency-Key of 1 to %(count)s characters.", field="key", count=_LONGEST_KEY
        )
    content = _as_csv(sent)
    marked = json.dumps([sorted(sent.percent), sent.accept_valid]).encode()
    sha256 = hashlib.sha256(content + marked).hexdigest()
    if known := _answered(session, token, key, sha256):
        return known, True
    run = importing.prepare(
        session, importing.KPI, content, f"{token.name} {key}.csv",
        percent=sent.percent, actor=_ACTOR, now=now,
    )  # fmt: skip
    if run.refused and not (sent.accept_valid and run.rows):
        raise RowsRefused(run)
    counts = importing.confirm(session, run, accept_valid=True, actor=_ACTOR, now=now)
    answer = {
        "import": run.id,
        "counts": counts,
        "refused": run.refused,
        "warnings": run.warnings,
        "unknown": run.summary["unknown"],
    }
    session.add(
        KpiPush(
            token_id=token.id, key=key, sha256=sha256, import_id=run.id, answer=answer,
            created_at=now,
        )
    )  # fmt: skip
    audit.record(
        session, _ACTOR, "import.push", ("import", run.id), now=now, token=token.name, key=key,
        counts=counts,
    )  # fmt: skip
    try:
        session.commit()
    except IntegrityError:  # the same request twice at once: the other one was first
        session.rollback()
        if known := _answered(session, token, key, sha256):
            return known, True
        raise
    return answer, False


def _answered(session: Session, token: ApiToken, key: str, sha256: str) -> dict[str, Any] | None:
    known = session.scalar(select(KpiPush).where(KpiPush.token_id == token.id, KpiPush.key == key))
    if known is not None and known.sha256 != sha256:
        raise Conflict("This Idempotency-Key came with other rows before.", field="key")
    return None if known is None else known.answer


def _as_csv(sent: Sent) -> bytes:
    """As a file, so that it is read as one and its refused rows come back as one."""
    text = io.StringIO()
    writer = csv.DictWriter(text, sent.columns)
    writer.writeheader()
    writer.writerows(sent.rows)
    try:
        return text.getvalue().encode()
    except UnicodeEncodeError:
        raise DomainError("The rows hold characters that are no text.", field="rows") from None
