"""Reading visits: the list, the report, and the criterion of a promotion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from lms.plugins.api import (
    CriterionResult,
    CriterionState,
    Localized,
    Person,
    Session,
    plugin_settings,
)
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from lms_visits.models import Visit


@dataclass(frozen=True)
class Line:
    """One person's visits in a year."""

    person: Person
    count: int
    mean: float


def visits(scope: ColumnElement[bool]) -> Select[Visit]:
    """Newest first, of the people that `scope` admits."""
    return (
        select(Visit)
        .join(Visit.person)
        .where(scope)
        .options(joinedload(Visit.person))
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
    )


def report(session: Session, scope: ColumnElement[bool], year: int) -> list[Line]:
    """Lowest mean first."""
    mean = func.avg(Visit.score)
    rows = session.execute(
        select(Person, func.count(), mean)
        .join(Visit, Visit.person_id == Person.id)
        .where(scope, _within(year))
        .group_by(Person.id)
        .order_by(mean, Person.staff_no)
    )
    return [Line(person, count, float(score)) for person, count, score in rows]


def criteria(
    session: Session, person_ids: Sequence[int], year: int
) -> Mapping[int, list[CriterionResult]]:
    """Of everybody asked about, in two queries however many they are."""
    settings = plugin_settings(session, "visits")
    needed, mark = settings["visits"], settings["mark"]
    rows = session.execute(
        select(Visit.person_id, func.count(), func.avg(Visit.score))
        .where(Visit.person_id.in_(person_ids), _within(year))
        .group_by(Visit.person_id)
    )
    found = {person_id: (count, float(mean)) for person_id, count, mean in rows}
    return {
        person_id: [_result(*found.get(person_id, (0, 0.0)), needed, mark, year)]
        for person_id in person_ids
    }


def _result(count: int, mean: float, needed: int, mark: float, year: int) -> CriterionResult:
    if count < needed:
        state = CriterionState.UNKNOWN
        missing = needed - count
        change = Localized(f"再评 {missing} 次", f"{missing} more visits")
    else:
        state = CriterionState.MET if mean >= mark else CriterionState.NOT_MET
        change = (
            Localized()
            if mean >= mark
            else Localized(f"平均分达到 {mark:g}", f"a mean score of {mark:g}")
        )
    return CriterionResult(
        code="visits.mean",
        label=Localized("神秘顾客平均分", "Mean score of mystery customer visits"),
        state=state,
        value=f"{mean:.1f} ({count})" if count else "–",
        target=f"{mark:g} ({needed})",
        period=str(year),
        source="plugin_visits_visit",
        source_url=url_for("visits.index", year=year),
        change=change,
    )


def _within(year: int) -> ColumnElement[bool]:
    return Visit.visited_on.between(date(year, 1, 1), date(year, 12, 31))
