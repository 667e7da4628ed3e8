"""What the month's pages show beyond rows: charts, the trial of a close, exports."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from lms.clock import Month
from lms.db import Session
from lms.i18n import pick
from lms.people.models import Person
from lms.people.words import CHANNELS
from lms.people.words import named as word_for
from lms.plugins.registry import all_rules
from lms.policies import PolicyInForce
from lms.results import diff, ranking, words
from lms.results.closing import Closed
from lms.results.completeness import completeness
from lms.results.metrics import COMPONENTS, by_code, metrics
from lms.results.models import MonthClose
from lms.results.month_list import placed, plugin_columns
from lms.results.summary import BIN
from lms.rules.services import RuleOutcome


def charts(close: MonthClose) -> dict[str, Any]:
    """How the scores lie."""
    bins = dict(map(tuple, close.summary.get("bins", [])))
    lows = range(min(bins), max(bins) + BIN, BIN) if bins else range(0)
    return {
        "scores": {
            "type": "bar",
            "labels": [_bar(low) for low in lows],
            "series": [{"name": _("People"), "data": [bins.get(low, 0) for low in lows]}],
        }
        if bins
        else None,
    }


def attained(close: MonthClose) -> list[tuple[str, int | None, float]]:
    """How far each component was attained on average, and what it weighs."""
    means = close.summary.get("ranked", {})
    return [
        (pick(words.COMPONENTS[name]), means.get(name), close.policy[f"weight_{name}"])
        for name in COMPONENTS
    ]


def _bar(low: int) -> str:
    """The last bar holds full marks alone."""
    return f"{low // 100}–{(low + BIN) // 100}" if low < 10_000 else "100"


_MOST_LACKS = 25  # on the page; the file has them all


def gaps(session: Session, month: Month, policy: PolicyInForce) -> dict[str, Any]:
    """What has not come for a month, in the reader's words."""
    found = completeness(session, month, policy, _MOST_LACKS)
    nameless = _("No team")
    return {
        "expected": found.expected,
        "count": found.count,
        "absent": [f"{team or nameless} ({people})" for team, people in found.absent],
        "lacking": [(one, [pick(m.label) for m in one.metrics]) for one in found.lacking],
    }


def missing(
    session: Session, month: Month, policy: PolicyInForce
) -> tuple[list[str], list[list[Any]]]:
    """Everybody who lacks a required figure, as rows of a file to send to the teams."""
    header = [_("Staff number"), _("Name"), _("Team"), _("In the file"), _("Missing")]
    found = completeness(session, month, policy).lacking
    labels = [", ".join(pick(metric.label) for metric in one.metrics) for one in found]
    return header, [
        [one.staff_no, one.name, one.team, int(one.in_file), lacks]
        for one, lacks in zip(found, labels, strict=True)
    ]


def trial(session: Session, before: MonthClose | None, done: Closed) -> dict[str, Any]:
    """What a close would bring: counts, whom the rules propose, what moves against before."""
    ids = {p.person_id for o in done.outcomes for p in o.proposals}
    ids |= {i for o in done.outcomes for i in o.left}
    return {
        "close": done.close,
        "outcomes": done.outcomes,
        "people": people(session, ids),
        "results": _results(session, done.close.id, ids),
        "moved": diff.moved(session, before, done.close) if before else [],
        "known": by_code(metrics(done.close.policy)),
        "failed": failed,
        "amount": words.amount,
    }


def people(session: Session, ids: set[int]) -> dict[int, Person]:
    if not ids:
        return {}
    return {p.id: p for p in session.scalars(select(Person).where(Person.id.in_(ids)))}


def _results(session: Session, close_id: int, ids: set[int]) -> dict[int, Any]:
    if not ids:
        return {}
    wanted = ranking.Wanted(Person.id.in_(ids), show="all")
    return {entry.person_id: entry.result for entry in ranking.everybody(session, close_id, wanted)}


def failed(outcome: RuleOutcome) -> str:
    return str(
        _("The rule “%(rule)s” failed, so nothing came of it: %(why)s",
          rule=pick(outcome.title), why=outcome.error)
    )  # fmt: skip


def named(
    session: Session, changes: list[diff.ListChange]
) -> list[tuple[str, list[Person], list[Person]]]:
    """(title, people who entered, people who left) by rule."""
    found = people(session, {i for c in changes for i in (*c.entered, *c.left)})
    titles = {rule.name: pick(rule.title) for rule in all_rules()}
    return [
        (titles.get(c.rule, c.rule), [found[i] for i in c.entered], [found[i] for i in c.left])
        for c in changes
    ]


def export(
    session: Session, close: MonthClose, wanted: ranking.Wanted
) -> tuple[list[str], list[list[Any]]]:
    """The list as filtered on screen, all pages, with the plugins' columns in their places."""
    added = plugin_columns(close.id)
    headers = {
        "staff_no": _("Staff number"), "name": _("Name"), "team": _("Team"),
        "channel": _("Channel"), "score": _("Score"), "rank": _("Rank"),
        **{name: pick(words.COMPONENTS[name]) for name in COMPONENTS},
        "partial": _("Partial"), "kpi_met": _("KPI met"), "not_ranked": _("Not ranked"),
    }  # fmt: skip
    order = placed(tuple(headers), added)
    rows = []
    for entry in ranking.everybody(session, close.id, wanted):
        r = entry.result
        cells: dict[str, Any] = {
            "rank": r.rank, "staff_no": entry.staff_no, "name": entry.name, "team": entry.team,
            "channel": pick(word_for(CHANNELS, r.channel or "–")), "score": _hundredth(r.score),
            **{name: _hundredth(getattr(r, name)) for name in COMPONENTS},
            "partial": int(r.is_partial), "kpi_met": int(r.kpi_met),
            "not_ranked": pick(words.of(words.REASONS, r.not_ranked)) if r.not_ranked else "",
        }  # fmt: skip
        cells |= {c.name: c.values.get(entry.person_id, c.default) for c in added}
        rows.append([cells[name] for name in order])
    headers |= {c.name: pick(c.label) or c.name for c in added}
    return [headers[name] for name in order], rows


def _hundredth(value: int | None) -> float | None:
    return None if value is None else value / 100
