"""Drills: role-plays made from a published case."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from lms import audit
from lms.audit import Actor
from lms.cases.lifecycle import archiving
from lms.cases.models import READABLE, CaseVersion, Drill, Outcome, Rubric
from lms.cases.scripts import checking, drafting
from lms.db import Localized, Session
from lms.errors import DomainError, NotFound

# Seconds by channel, stricter than the KPI. An answer written in peace is the rule for e-mail.
FIRST_REPLY = {"online": 10, "phone": 15, "email": 7200}
LATER_REPLY = {"online": 60, "phone": 30, "email": 14400}
PAGE_SIZE = 24


@dataclass(frozen=True)
class DrillContent:
    """What an author writes; lists hold {"zh", "en"} each."""

    rubric_id: int
    first_reply_seconds: int
    later_reply_seconds: int
    title: Localized
    opening: Localized
    persona: Localized = field(default_factory=Localized)
    mood: Localized = field(default_factory=Localized)
    start_mood: int = 3
    script: Sequence[dict[str, Any]] = ()
    hidden_facts: Sequence[dict[str, str]] = ()
    triggers: Sequence[dict[str, Any]] = ()

    def columns(self) -> dict[str, Any]:
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {k: list(v) if isinstance(v, list | tuple) else v for k, v in found.items()}


def of(drill: Drill) -> DrillContent:
    return DrillContent(
        **{name: getattr(drill, name) for name in DrillContent.__dataclass_fields__}
    )


def page_of(session: Session, stage: str, page: int) -> tuple[list[Drill], int]:
    """One page of the drills of a stage (or all), newest first, and how many there are."""
    wanted = select(Drill).join(CaseVersion, CaseVersion.id == Drill.case_version_id)
    if stage:
        wanted = wanted.where(CaseVersion.stage == stage)
    total = session.scalar(wanted.with_only_columns(func.count(Drill.id))) or 0
    case = joinedload(Drill.case_version).joinedload(CaseVersion.case)
    shown = wanted.options(case).order_by(Drill.id.desc())
    first = (max(page, 1) - 1) * PAGE_SIZE
    return list(session.scalars(shown.limit(PAGE_SIZE).offset(first))), total


def one(session: Session, drill_id: int) -> Drill:
    """The drill with its case version and rubric."""
    wanted = select(Drill).where(Drill.id == drill_id)
    case = joinedload(Drill.case_version).joinedload(CaseVersion.case)
    parts = (case, joinedload(Drill.rubric))
    found = session.scalar(wanted.options(*parts))
    if found is None:
        raise NotFound("There is no such drill.")
    return found


def rubrics(session: Session) -> list[Rubric]:
    """The latest number of each rubric."""
    latest = select(func.max(Rubric.id)).group_by(Rubric.key).scalar_subquery()
    return list(session.scalars(select(Rubric).where(Rubric.id.in_(latest)).order_by(Rubric.key)))


def suggestion(version: CaseVersion, known: Sequence[Rubric]) -> DrillContent:
    """A drill as the case suggests it, to be completed: the customer's own lines with key points,
    what they told when asked, a mood by complaint level, the channel's time standards."""
    said = [line for line in version.dialogue if line["who"] == "customer"]
    fitting = [r.id for r in known if r.key == version.stage.replace("_", "-")]
    return DrillContent(
        rubric_id=(fitting or [r.id for r in known] or [0])[0],
        first_reply_seconds=FIRST_REPLY.get(version.channel, 10),
        later_reply_seconds=LATER_REPLY.get(version.channel, 60),
        title=version.title,
        opening=Localized.of(said[0]) if said else Localized(),
        persona=version.scenario,
        mood=drafting.mood_text(version.complaint_level),
        start_mood=drafting.start_mood(version.complaint_level),
        hidden_facts=drafting.hidden_facts(version.dialogue),
        triggers=drafting.triggers(),
        script=drafting.script(
            version.dialogue,
            went_well=version.outcome == Outcome.SUCCESS,
            complaint_level=version.complaint_level,
            lessons=version.lessons,
        ),
    )


def renewed(drill: Drill, version: CaseVersion, known: Sequence[Rubric]) -> DrillContent:
    """The drill as a newer version of its case suggests it; title, rubric and times stay."""
    return replace(
        suggestion(version, known),
        title=drill.title,
        rubric_id=drill.rubric_id,
        first_reply_seconds=drill.first_reply_seconds,
        later_reply_seconds=drill.later_reply_seconds,
    )


def make(
    session: Session, version_id: int, new: DrillContent, *, actor: Actor, now: datetime
) -> Drill:
    """A drill from a published version of a case; the same content twice is one drill."""
    version = session.get(CaseVersion, version_id)
    if version is None:
        raise NotFound("There is no such case.")
    if version.state not in READABLE:
        raise DomainError("Publish the case first: a drill is made from a published version.")
    archiving.refuse_archived(version.case)
    _check(session, new)
    known = select(Drill).where(
        Drill.case_version_id == version_id, Drill.author_id == actor.person_id
    )
    for drill in session.scalars(known):  # the button was pressed twice
        if of(drill).columns() == new.columns():
            return drill
    drill = Drill(
        key=f"drill-{uuid4().hex[:12]}",
        case_version_id=version_id,
        author_id=actor.person_id,
        created_at=now,
        **new.columns(),
    )
    session.add(drill)
    session.flush()
    audit.record(session, actor, "drill.make", ("drill", drill.id), now=now, version=version_id)
    return drill


def change(
    session: Session, drill_id: int, new: DrillContent, *, actor: Actor, now: datetime
) -> Drill:
    """Edit a drill; runs keep the rubric, pass mark and standard they began with."""
    drill = one(session, drill_id)
    _check(session, new)
    changed = {k: v for k, v in new.columns().items() if getattr(drill, k) != v}
    if not changed:
        return drill
    old = {name: _plain(getattr(drill, name)) for name in changed}
    for name, value in changed.items():
        setattr(drill, name, value)
    audit.record(session, actor, "drill.change", ("drill", drill.id), now=now, old=old)
    return drill


def _check(session: Session, new: DrillContent) -> None:
    if not new.title:
        raise DomainError("Give the drill a title in one language at least.", field="title_zh")
    if not new.opening:
        raise DomainError("Write the customer's first message.", field="opening_zh")
    if session.get(Rubric, new.rubric_id) is None:
        raise DomainError("Choose a rubric.", field="rubric_id")
    checking.check(new.script, new.triggers)


def _plain(value: Any) -> Any:
    return asdict(value) if isinstance(value, Localized) else value
