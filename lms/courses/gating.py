"""Where a person stands in a programme: what is done, what is next, what is locked and why.

Two rules. A module opens on its calendar day of the enrolment, and steps are done in order. A step
that was handed in and waits for somebody else (a score, a signature) lets the learner go on with
the rest of its module, but not with the next one: a day is not over while its results are out.

A programme can loosen the order, never the calendar: a module that needs any N of its steps has
them all open at once, and a step `after` others opens as soon as those are done. And it can ask
for whole programmes first, which locks everything in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from lms.courses.locks import Place, quoted, some_of
from lms.courses.models import Enrolment, EnrolmentStatus, StepState
from lms.courses.outline import ModuleOutline, Outline, StepOutline
from lms.db import Localized

# A step of one of these is the one to do now.
TO_DO = frozenset({"next", "failed", "progress"})


@dataclass(frozen=True)
class Progress:
    """What is stored about a step; `score` in hundredths of a percent, `data` its type's own."""

    state: str
    score: int | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


class StepStanding(NamedTuple):
    """`state`: done, waiting, failed, progress, next, open, optional or locked.

    `lock` says what unlocks it. Next: the first that can be done; open: can be done as well;
    optional: could be, but its module has enough without it.
    """

    step: StepOutline
    state: str
    progress: Progress | None
    lock: Localized | None


class ModuleStanding(NamedTuple):
    module: ModuleOutline
    opens_on: date
    is_open: bool
    steps: tuple[StepStanding, ...]

    @property
    def needed(self) -> int:
        return self.module.needed

    @property
    def done(self) -> int:
        """How many of the steps that are needed."""
        return min(self.needed, sum(step.state == "done" for step in self.steps))

    @property
    def is_done(self) -> bool:
        return self.done == self.needed


class Standing(NamedTuple):
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
        """How many steps are needed."""
        return sum(module.needed for module in self.modules)

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
        return next((step for step in self.steps if step.state in TO_DO), None)

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
    enrolment: Enrolment,
    outline: Outline,
    progress: Mapping[int, Progress],
    today: date,
    missing: Sequence[Localized] = (),
) -> Standing:
    """`progress` by step id; `missing`: courses to complete before this one."""
    states = {
        step.id: _STATES[StepState(progress[step.id].state)]
        for step in outline.steps
        if step.id in progress
    }
    place = Place(enrolment, outline, today, states, [quoted(title) for title in missing])
    modules = []
    has_next = False
    earlier: list[Localized] = []  # what of earlier modules is unfinished
    for module in outline.modules:
        here: list[Localized] = []  # of this module, and not even handed in
        steps = []
        for step in module.steps:
            state, lock = states.get(step.id, "next"), None
            if state not in {"done", "waiting"}:
                lock = place.lock(module, step, earlier, here)
                if lock is not None:
                    state = "locked"
                elif place.left(module) == 0:
                    state = "optional"
                elif state == "next" and has_next:
                    state = "open"
                here.append(quoted(step.title))
            has_next = has_next or state in TO_DO
            steps.append(StepStanding(step, state, progress.get(step.id), lock))
        opens_on = module.opens_on(enrolment.starts_on)
        modules.append(ModuleStanding(module, opens_on, opens_on <= today, tuple(steps)))
        if module.needs is None:
            earlier += [quoted(s.step.title) for s in steps if s.state != "done"]
        elif left := place.left(module):
            earlier.append(some_of(module, left))
    return Standing(enrolment, outline, today, tuple(modules))
