"""Where a person stands in a programme: what is done, what is next, what is locked and why.

Two rules. A module opens on its calendar day of the enrolment, and steps are done in order. A step
that was handed in and waits for somebody else (a score, a signature) lets the learner go on with
the rest of its module, but not with the next one: a day is not over while its results are out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel.dates import format_date

from lms.courses.models import Enrolment, EnrolmentStatus, StepState
from lms.courses.outline import ModuleOutline, Outline, StepOutline
from lms.db import Localized


@dataclass(frozen=True)
class Progress:
    """What is stored about a step; `score` in hundredths of a percent, `data` its type's own."""

    state: str
    score: int | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StepStanding:
    """`state`: done, waiting, failed, progress, next or locked; `lock` says what unlocks it.

    At most one step is failed, in progress or next: the one to do now.
    """

    step: StepOutline
    state: str
    progress: Progress | None
    lock: Localized | None


@dataclass(frozen=True)
class ModuleStanding:
    module: ModuleOutline
    opens_on: date
    is_open: bool
    steps: tuple[StepStanding, ...]

    @property
    def done(self) -> int:
        return sum(step.state == "done" for step in self.steps)

    @property
    def is_done(self) -> bool:
        return self.done == len(self.steps)


@dataclass(frozen=True)
class Standing:
    """An enrolment seen on a day. `day` counts its calendar days, the start date being 1."""

    enrolment: Enrolment
    outline: Outline
    today: date
    modules: tuple[ModuleStanding, ...]

    @property
    def steps(self) -> list[StepStanding]:
        return [step for module in self.modules for step in module.steps]

    @property
    def day(self) -> int:
        return (self.today - self.enrolment.starts_on).days + 1

    @property
    def done(self) -> int:
        return sum(module.done for module in self.modules)

    @property
    def total(self) -> int:
        return len(self.outline.steps)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

    @property
    def is_overdue(self) -> bool:
        return (
            self.enrolment.status == EnrolmentStatus.ACTIVE and self.today > self.enrolment.due_on
        )

    @property
    def days_left(self) -> int:
        """Calendar days after today until the due date; negative once overdue."""
        return (self.enrolment.due_on - self.today).days

    @property
    def next(self) -> StepStanding | None:
        """The one step to do now; None when all is done, waits for others, or opens later."""
        states = ("next", "failed", "progress")
        return next((step for step in self.steps if step.state in states), None)

    @property
    def module_now(self) -> ModuleStanding | None:
        """The module of the next step, else the last one that is open."""
        wanted = self.next
        for module in self.modules:
            if wanted in module.steps:
                return module
        return next((m for m in reversed(self.modules) if m.is_open), None)


_STATES = {
    StepState.COMPLETED: "done",
    StepState.SUBMITTED: "waiting",
    StepState.FAILED: "failed",
    StepState.STARTED: "progress",
}


def standing(
    enrolment: Enrolment, outline: Outline, progress: Mapping[int, Progress], today: date
) -> Standing:
    """`progress` by step id."""
    modules = []
    earlier: list[StepOutline] = []  # unfinished steps of earlier modules
    for module in outline.modules:
        opens_on = module.opens_on(enrolment.starts_on)
        here: list[StepOutline] = []  # of this module, and not even handed in
        steps = []
        for step in module.steps:
            known = progress.get(step.id)
            state = _STATES[StepState(known.state)] if known else "next"
            lock = None
            if state not in {"done", "waiting"}:
                lock = _lock(module, opens_on, today, [*earlier, *here])
                state = state if lock is None else "locked"
                here.append(step)
            steps.append(StepStanding(step, state, known, lock))
        earlier += [s.step for s in steps if s.state != "done"]
        modules.append(ModuleStanding(module, opens_on, opens_on <= today, tuple(steps)))
    return Standing(enrolment, outline, today, tuple(modules))


def _lock(
    module: ModuleOutline, opens_on: date, today: date, before: list[StepOutline]
) -> Localized | None:
    """What unlocks a step and when. Steps go in order, so the one right before it says enough."""
    closed = opens_on > today
    if not closed and not before:
        return None
    n = module.opens_on_day
    if not before:
        day_zh, day_en = _in_words(opens_on)
        return Localized(f"{day_zh}（第 {n} 天）开放", f"Opens on {day_en} (day {n})")
    zh, en = before[-1].title.pick("zh"), before[-1].title.pick("en")
    if closed:
        day_zh, day_en = _in_words(opens_on)
        return Localized(
            f"{day_zh}（第 {n} 天）开放，并需先完成「{zh}」",
            f"Opens on {day_en} (day {n}), after “{en}”",
        )
    return Localized(f"完成「{zh}」后开放", f"Opens after “{en}”")


@lru_cache(maxsize=256)  # a week's steps name the same few days, and so do all its hires
def _in_words(day: date) -> tuple[str, str]:
    return format_date(day, "M月d日 EEEE", "zh_Hans"), format_date(day, "EEE d MMM", "en")
