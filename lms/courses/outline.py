"""The shape of a programme version, without what its steps hold.

Versions never change once stored, so each process reads a version's outline once and keeps it:
the pages people open most then need no query for it.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.engine import Engine

from lms.courses.models import Module, Programme, ProgrammeVersion, Step
from lms.db import Localized, Session, engine_of
from lms.people.channels import named_in
from lms.people.models import Channel


class StepOutline(NamedTuple):
    id: int
    key: str
    kind: str
    title: Localized
    minutes: int
    after: tuple[str, ...] | None = None


class ModuleOutline(NamedTuple):
    id: int
    title: Localized
    opens_on_day: int
    steps: tuple[StepOutline, ...]
    needs: int | None = None

    @property
    def needed(self) -> int:
        """How many of its steps finish it."""
        return self.needs or len(self.steps)

    def is_done(self, completed: Collection[int]) -> bool:
        """`completed`: ids of steps."""
        return sum(step.id in completed for step in self.steps) >= self.needed

    def opens_on(self, starts_on: date) -> date:
        """The first calendar day on which an enrolment may work on it."""
        return starts_on + timedelta(days=self.opens_on_day - 1)


class Outline(NamedTuple):
    version_id: int
    programme_id: int
    key: str
    kind: str
    number: int
    title: Localized
    summary: Localized
    due_days: int
    grants_clearance: bool
    modules: tuple[ModuleOutline, ...]
    requires: tuple[str, ...] = ()
    pause_on_leave: bool = False
    recertify_every: int | None = None
    clears_for: tuple[Channel, ...] = tuple(Channel)
    major: int = 1

    @property
    def steps(self) -> tuple[StepOutline, ...]:
        return tuple(step for module in self.modules for step in module.steps)


_kept: WeakKeyDictionary[Engine, dict[int, Outline]] = WeakKeyDictionary()


def outlines(session: Session, version_ids: Iterable[int]) -> dict[int, Outline]:
    """By version id; at most two queries, none for versions read before."""
    kept = _kept.setdefault(engine_of(session), {})
    wanted = set(version_ids)
    if missing := wanted - kept.keys():
        kept.update(_read(session, missing))
    return {version_id: kept[version_id] for version_id in wanted}


def outline(session: Session, version_id: int) -> Outline:
    return outlines(session, [version_id])[version_id]


# As many lessons as a site's courses under way have; about 10 KB each.
_CONFIGS_KEPT = 500
_configs: WeakKeyDictionary[Engine, dict[int, Mapping[str, Any]]] = WeakKeyDictionary()


def step_config(session: Session, step_id: int) -> Mapping[str, Any]:
    """What the step's type needs, as the content file has it; kept like the outline."""
    kept = _configs.setdefault(engine_of(session), {})
    if step_id not in kept:
        if len(kept) >= _CONFIGS_KEPT:
            kept.clear()
        kept[step_id] = session.scalar(select(Step.config).where(Step.id == step_id)) or {}
    return kept[step_id]


def _read(session: Session, version_ids: Iterable[int]) -> dict[int, Outline]:
    versions = session.execute(
        select(ProgrammeVersion, Programme.key, Programme.kind)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(ProgrammeVersion.id.in_(version_ids))
    ).all()
    rows = session.execute(
        select(
            Module.version_id,
            Module.id,
            Module.title,
            Module.opens_on_day,
            Module.needs,
            Step.id.label("step_id"),
            Step.key,
            Step.kind,
            Step.title.label("step_title"),
            Step.minutes,
            Step.after,
        )
        .join(Step, Step.module_id == Module.id)
        .where(Module.version_id.in_(version_ids))
        .order_by(Module.version_id, Module.position, Step.position)
    ).all()
    modules: dict[int, dict[int, tuple[Any, list[StepOutline]]]] = {}
    for row in rows:
        of_version = modules.setdefault(row.version_id, {})
        after = None if row.after is None else tuple(row.after)
        step = StepOutline(row.step_id, row.key, row.kind, row.step_title, row.minutes, after)
        of_version.setdefault(row.id, (row, []))[1].append(step)
    return {
        version.id: Outline(
            version_id=version.id,
            programme_id=version.programme_id,
            key=key,
            kind=kind,
            number=version.number,
            title=version.title,
            summary=version.summary,
            due_days=version.due_days,
            grants_clearance=version.grants_clearance,
            modules=tuple(
                ModuleOutline(row.id, row.title, row.opens_on_day or 1, tuple(steps), row.needs)
                for row, steps in modules.get(version.id, {}).values()
            ),
            requires=tuple(version.requires or ()),
            pause_on_leave=version.pause_on_leave,
            recertify_every=version.recertify_every,
            clears_for=named_in(version.clears_for),
            major=version.major,
        )
        for version, key, kind in versions
    }
