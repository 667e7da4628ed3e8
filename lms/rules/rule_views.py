"""Pages about the rules: what they said of each month, what they would say today, and applying."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access, policies
from lms.access import viewer
from lms.audit import Actor
from lms.clock import Month, now
from lms.db import db
from lms.errors import DomainError
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.registry import all_rules
from lms.plugins.types import Rule
from lms.results.models import MonthClose
from lms.results.queries import current_close
from lms.rules import queries, replay
from lms.rules.blueprint import bp
from lms.rules.forms import choice_namer
from lms.rules.services import run_of, try_rule
from lms.web.errors import message


@bp.get("/rules", endpoint="rules")
@access.requires("results.close")
def rule_list() -> ResponseReturnValue:
    every = all_rules()
    return render_template(
        "rules/rules.html",
        rules=[(rule, plugins().owner_of(hookspecs.lms_rules, rule)) for rule in every],
        last=replay.last_runs(db.session()),
        in_force=queries.all_in_force(db.session(), [rule.policy for rule in every]),
        choice_name=choice_namer(rule.policy for rule in every),
    )


@bp.get("/rules/<name>")
@access.requires("results.close")
def rule(name: str) -> ResponseReturnValue:
    """The last twelve months: the list then, and as the rule would make it today."""
    found = _rule(name)
    months = replay.replay(db.session(), found, now=now())
    return render_template(
        "rules/rule.html",
        rule=found,
        months=months,
        people=queries.people_by_id(
            db.session(), {i for m in months for i in (*m.entered, *m.left)}
        ),
    )


@bp.get("/rules/<name>/<month>")
@access.requires("results.close")
def rule_month(name: str, month: str) -> ResponseReturnValue:
    """One month: every proposal with its reason and evidence, and the dry run of today."""
    found, close = _rule(name), _close(month)
    ran = run_of(db.session(), found, close)
    stored = replay.proposals_of(db.session(), ran.id) if ran else []
    today = try_rule(db.session(), found, close, now=now())
    policy = policies.in_force(db.session(), found.policy, close.month)
    ids = {p.person_id for p in stored} | {p.person_id for p in today.proposals}
    return render_template(
        "rules/rule_month.html",
        rule=found, close=close, ran=ran, stored=stored, today=today, policy=policy,
        may_apply=replay.may_apply(ran, policy), people=queries.people_by_id(db.session(), ids),
    )  # fmt: skip


@bp.post("/rules/<name>/<month>/apply")
@access.requires("results.close")
def apply_rule(name: str, month: str) -> ResponseReturnValue:
    found, close = _rule(name), _close(month)
    try:
        done = replay.apply(
            db.session(), found, close, policies.in_force(db.session(), found.policy, close.month),
            reason=request.form.get("reason", ""), actor=Actor(viewer().person_id), now=now(),
        )  # fmt: skip
    except DomainError as error:
        db.session.rollback()
        flash(message(error), "error")
    else:
        db.session.commit()
        flash(_("Applied to %(n)s people.", n=len(done.proposals)), "success")
    return redirect(url_for(".rule_month", name=name, month=month), 303)


def _rule(name: str) -> Rule:
    return next((rule for rule in all_rules() if rule.name == name), None) or abort(404)


def _close(month: str) -> MonthClose:
    try:
        wanted = Month.parse(month)
    except ValueError:
        abort(404)
    return current_close(db.session(), wanted) or abort(404)
