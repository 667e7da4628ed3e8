"""What people answered, added up over the versions of a programme; nothing below the minimum."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, true

from lms import policies
from lms.clock import Month
from lms.courses.models import Module, Programme, ProgrammeVersion, Step
from lms.courses.surveys.models import SurveyCount, SurveyText
from lms.courses.surveys.policy import SURVEYS
from lms.courses.surveys.questions import values
from lms.db import Localized, Session


@dataclass(frozen=True)
class Satisfaction:
    """`mean` on the scale of 1-5, over `answers` people."""

    mean: float
    answers: int


class QuestionResult(NamedTuple):
    """`counts` by value, zeros included; `mean` of a scale; `texts` in no order."""

    question: Mapping[str, Any]
    counts: Mapping[int, int]
    mean: float | None
    texts: Sequence[str] = ()

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class Survey(NamedTuple):
    """One survey of a programme; `questions` as its latest version asks them, None while there
    are fewer answers than `minimum`."""

    programme_key: str
    step_key: str
    programme: Localized
    title: Localized
    answers: int
    minimum: int
    questions: Sequence[QuestionResult] | None

    @property
    def satisfaction(self) -> Satisfaction | None:
        for found in self.questions or ():
            if found.question.get("satisfaction") and found.mean is not None:
                return Satisfaction(found.mean, found.total)
        return None


def satisfaction_by_month(
    session: Session, programme_ids: Iterable[int], first: Month, last: Month
) -> dict[tuple[int, Month], Satisfaction]:
    """By programme and month in which the answers were given, where there are enough of them;
    one query."""
    rows = session.execute(
        select(
            ProgrammeVersion.programme_id,
            SurveyCount,
            Step.config,
            SURVEYS.newest().label("policy"),
        )
        .join(Step, Step.id == SurveyCount.step_id)
        .join(Module, Module.id == Step.module_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Module.version_id)
        .where(
            ProgrammeVersion.programme_id.in_(list(programme_ids)),
            SurveyCount.month >= first,
            SurveyCount.month <= last,
        )
    ).all()
    counts: dict[tuple[int, Month], Counter[int]] = {}
    for programme_id, given, config, _policy in rows:
        if _is_satisfaction(config, given.question):
            found = counts.setdefault((programme_id, given.month), Counter())
            found[given.value] += given.count
    stored = next((row.policy for row in rows), None) or {}
    minimum = (SURVEYS.defaults() | stored)["min_answers"]
    return {
        place: Satisfaction(_mean(found), found.total())
        for place, found in counts.items()
        if found.total() >= minimum
    }


def _is_satisfaction(config: Mapping[str, Any], key: str) -> bool:
    return any(q["key"] == key and q.get("satisfaction") for q in config["questions"])


def surveys(session: Session) -> list[Survey]:
    """Every survey there is, without the texts."""
    return _surveys(session, true(), with_texts=False)


def survey(session: Session, programme_key: str, step_key: str) -> Survey | None:
    one = (Programme.key == programme_key) & (Step.key == step_key)
    return next(iter(_surveys(session, one, with_texts=True)), None)


def _surveys(session: Session, where: ColumnElement[bool], *, with_texts: bool) -> list[Survey]:
    minimum = policies.in_force(session, SURVEYS)["min_answers"]
    groups: dict[tuple[str, str], list[Any]] = {}
    for row in _steps(session, where):  # newest version first
        groups.setdefault((row.programme_key, row.step_key), []).append(row)
    steps = [row.step_id for rows in groups.values() for row in rows]
    counts: dict[tuple[int, str], Counter[int]] = {}
    for step_id, key, value, count in _counts(session, steps):
        counts.setdefault((step_id, key), Counter())[value] += count
    texts = _texts(session, steps) if with_texts else {}
    return [_survey(rows, counts, texts, minimum) for rows in groups.values()]


def _survey(
    rows: Sequence[Any],
    counts: Mapping[tuple[int, str], Counter[int]],
    texts: Mapping[tuple[int, str], list[str]],
    minimum: int,
) -> Survey:
    latest = rows[0]
    found = [_added_up(question, rows, counts, texts) for question in latest.config["questions"]]
    answers = max(result.total for result in found)  # texts may be left out, choices not
    return Survey(
        programme_key=latest.programme_key,
        step_key=latest.step_key,
        programme=latest.programme,
        title=latest.title,
        answers=answers,
        minimum=minimum,
        questions=found if answers >= minimum else None,
    )


def _added_up(
    question: Mapping[str, Any],
    rows: Sequence[Any],
    counts: Mapping[tuple[int, str], Counter[int]],
    texts: Mapping[tuple[int, str], list[str]],
) -> QuestionResult:
    """Over those versions that asked the same."""
    key, added, written = question["key"], Counter[int](), list[str]()
    for row in rows:
        if any(_is_same(question, asked) for asked in row.config["questions"]):
            added += counts.get((row.step_id, key), Counter())
            written += texts.get((row.step_id, key), [])
    if question["type"] == "text":
        return QuestionResult(question, {}, None, written)
    mean = _mean(added) if question["type"] == "scale" and added else None
    return QuestionResult(question, {value: added[value] for value in values(question)}, mean)


def _is_same(question: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    return all(question.get(name) == asked.get(name) for name in ("key", "type", "options"))


def _mean(counts: Counter[int]) -> float:
    return sum(value * count for value, count in counts.items()) / counts.total()


def _steps(session: Session, where: ColumnElement[bool]) -> Sequence[Any]:
    """The survey steps, by programme, newest version first."""
    return session.execute(
        select(
            Step.id.label("step_id"),
            Step.key.label("step_key"),
            Step.title,
            Step.config,
            Programme.id.label("programme_id"),
            Programme.key.label("programme_key"),
            ProgrammeVersion.title.label("programme"),
        )
        .join(Module, Module.id == Step.module_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == Module.version_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(Step.kind == "survey", where)
        .order_by(Programme.key, ProgrammeVersion.number.desc(), Module.position, Step.position)
    ).all()


def _counts(session: Session, steps: Sequence[int]) -> Sequence[Any]:
    total = func.sum(SurveyCount.count)
    columns = (SurveyCount.step_id, SurveyCount.question, SurveyCount.value)
    here = SurveyCount.step_id.in_(steps)
    return session.execute(select(*columns, total).where(here).group_by(*columns)).all()


def _texts(session: Session, steps: Sequence[int]) -> dict[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = {}
    rows = select(SurveyText).where(SurveyText.step_id.in_(steps)).order_by(SurveyText.id)
    for row in session.scalars(rows):
        found.setdefault((row.step_id, row.question), []).append(row.text)
    return found
