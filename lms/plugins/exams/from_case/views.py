"""The page on which questions from a case are read, changed and put into a bank."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from lms.plugins.api import (
    Actor,
    CaseMade,
    CaseVersion,
    DomainError,
    Localized,
    access,
    db,
    error_message,
    now,
    pick,
    published_case,
    record_case_use,
    viewer,
)
from lms.plugins.exams.from_case import drafting, form
from lms.plugins.exams.from_case.edited import edited
from lms.plugins.exams.importing import storing
from lms.plugins.exams.importing.storing import Plan
from lms.plugins.exams.manage import bp
from lms.plugins.exams.models import Bank


@bp.route("/from-case/<int:version_id>", methods=["GET", "POST"])
@access.requires("exams.manage")
def from_case(version_id: int) -> ResponseReturnValue:
    version = published_case(db.session(), version_id)
    entries = drafting.suggestions(version)
    if request.method == "GET":
        known = edited(db.session(), entries)
        keys = {entry["key"] for entry in entries} - set(known)
        return _page(version, entries, keys, request.args.get("bank", ""), known=known)
    taken, name = set(request.form.getlist("take")), request.form.get("bank", "").strip()[:80]
    try:
        bank = _store(version, entries, taken, name.replace("\0", ""))
    except DomainError as error:
        db.session.rollback()
        version = published_case(db.session(), version_id)
        return _page(version, entries, taken, name, error), 400
    db.session.commit()
    flash(_("The questions are in the bank."), "success")
    return redirect(url_for(".bank", key=bank.key, q=f"case-{version.case_id}-"), 303)


def _store(version: CaseVersion, entries: list[dict[str, Any]], taken: set[str], name: str) -> Bank:
    if not name:
        raise DomainError("Name the bank.", field="bank")
    wanted = [form.read(request.form, entry) for entry in entries if entry["key"] in taken]
    if not wanted:
        raise DomainError("Tick at least one question.", field="take")
    who, at = Actor(viewer().person_id), now()
    plan, file = Plan(added=wanted), f"case {version.case.key}"
    bank = storing.store(db.session(), name, plan, file=file, actor=who, now=at)
    made = CaseMade(
        "questions",
        f"{bank.key}/{version.case_id}",
        version.title,
        url_for(".bank", key=bank.key, q=f"case-{version.case_id}-"),
        url_for(".from_case", version_id=0, bank=bank.key).replace("/0?", "/{version}?"),
    )
    record_case_use(db.session(), version.id, made, actor=who, now=at)
    return bank


def _page(
    version: CaseVersion,
    entries: list[dict[str, Any]],
    taken: set[str],
    bank: str,
    error: DomainError | None = None,
    known: dict[str, Localized] | None = None,
) -> str:
    banks = [pick(found.title) for found in db.session.scalars(select(Bank).order_by(Bank.id))]
    return render_template(
        "exams/from_case.html",
        version=version,
        entries=entries,
        edited=known or {},
        typed={entry["key"]: _typed(entry) for entry in entries},
        taken=taken,
        bank=bank,
        banks=banks,
        problem=error_message(error) if error else "",
        at=error.field if error else None,
    )


def _typed(entry: dict[str, Any]) -> dict[str, str]:
    """What was sent, or what is suggested."""
    fields = form.shown(entry)
    return {name: request.form.get(f"{entry['key']}-{name}", fields[name]) for name in fields}
