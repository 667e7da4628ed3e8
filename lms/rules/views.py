"""Pages: policies and the audit log; those about plugins are in `plugin_views`."""

from collections.abc import Mapping
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access, policies
from lms.access import viewer
from lms.audit import Actor
from lms.clock import Month, local_date, now
from lms.db import db
from lms.errors import DomainError
from lms.people.organisation import zone
from lms.plugins.registry import all_policies
from lms.policies import Policy
from lms.results import replay
from lms.results.defined.services import first_open
from lms.rules import plugin_views, queries, rule_views
from lms.rules.audit_words import action_name, subject_name
from lms.rules.blueprint import bp
from lms.rules.forms import PolicyForm, choice_namer, policy_form
from lms.rules.replay import Replayed
from lms.web.errors import show_on
from lms.web.lists import PER_PAGE, here, page_url

__all__ = ["bp", "plugin_views", "rule_views"]


@bp.get("/policies", endpoint="policies")
@access.requires("policies.edit")
def policy_list() -> ResponseReturnValue:
    every = all_policies()
    return render_template(
        "rules/policies.html",
        policies=every,
        in_force=queries.all_in_force(db.session(), every),
        choice_name=choice_namer(every),
    )


@bp.route("/policies/<name>", methods=["GET", "POST"])
@access.requires("policies.edit")
def policy(name: str) -> ResponseReturnValue:
    found = next((p for p in all_policies() if p.name == name), None)
    if found is None:
        abort(404)
    current = policies.in_force(db.session(), found)
    first = _first_month()
    form = policy_form(found, current, first)
    looked_at = None
    if "preview" in request.form:
        looked_at = _preview(found, form)
    elif form.validate_on_submit():
        try:
            version = policies.save(
                db.session(),
                found,
                policies.parse(found, request.form),
                base_number=_number(form.base.data),
                reason=form.reason.data.strip(),
                actor=Actor(viewer().person_id),
                now=now(),
                from_month=form.month(),
            )
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            if version.from_month:
                flash(_("Version %(number)s holds from %(month)s on.", number=version.number,
                        month=str(version.from_month)), "success")  # fmt: skip
            else:
                flash(_("Version %(number)s holds from now on.", number=version.number), "success")
            return redirect(url_for(".policy", name=name))
    return render_template(
        "rules/policy.html", policy=found, current=current, form=form,
        labels={p.name: p.label for p in found.parameters}, choice_name=choice_namer([found]),
        history=queries.history(db.session(), found), first=first,
        may_preview=replay.reads(found), looked_at=looked_at,
        people=queries.people_by_id(
            db.session(), {i for m in looked_at or () for i in (*m.entered, *m.left)}
        ),
    )  # fmt: skip


def _first_month() -> Month:
    """The first month that is not closed."""
    return first_open(db.session()) or Month.of(local_date(now(), zone()))


def _preview(policy: Policy, form: PolicyForm) -> list[Replayed] | None:
    """What the form's values would have made of the last months; None with errors in the form."""
    try:
        found = replay.preview(
            db.session(), policy, policies.parse(policy, request.form),
            base_number=_number(form.base.data), actor=Actor(viewer().person_id), now=now(),
        )  # fmt: skip
    except DomainError as error:
        show_on(form, error)
        return None
    finally:
        db.session.rollback()
    return [month for month in found if month.changes]


@bp.get("/admin/audit")
@access.requires("audit.view")
def audit_log() -> ResponseReturnValue:
    asked = request.args
    found = queries.audit_entries(
        action=asked.get("action", ""),
        text=asked.get("q", ""),
        first=_day(asked, "first"),
        last=_day(asked, "last"),
        zone=zone(),
    )
    page = db.paginate(found, per_page=PER_PAGE, error_out=False)
    return render_template(
        "rules/audit.html", page=page, people=queries.people_in(db.session(), page.items),
        actions=queries.actions(db.session()), asked=asked, here=here, page_url=page_url,
        action_name=action_name, subject_name=subject_name,
    )  # fmt: skip


def _day(asked: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(asked.get(name, ""))
    except ValueError:
        return None


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else -1
