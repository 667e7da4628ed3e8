"""A programme summed up for its learner."""

from collections.abc import Sequence
from typing import NamedTuple

from lms.courses.gating import Standing, StepStanding
from lms.db import Localized


class ChecklistItem(NamedTuple):
    """One line of what clearance takes: all steps of a kind, or so many of a `module`."""

    kind: str
    done: int
    total: int
    state: str
    module: Localized | None = None


def clearance_checklist(found: Standing) -> list[ChecklistItem]:
    """In the order in which the kinds first come up."""
    groups: dict[str, list[StepStanding]] = {}
    chosen = []
    for module in found.modules:
        if module.module.needs is None:
            for step in module.steps:
                groups.setdefault(step.step.kind, []).append(step)
        else:
            state = "done" if module.is_done else _first_state(module.steps)
            title = module.module.title
            chosen.append(ChecklistItem("", module.done, module.needed, state, title))
    return [_item(kind, steps) for kind, steps in groups.items()] + chosen


def _item(kind: str, steps: Sequence[StepStanding]) -> ChecklistItem:
    done = sum(step.state == "done" for step in steps)
    state = "done" if done == len(steps) else _first_state(steps)
    return ChecklistItem(kind, done, len(steps), state)


def _first_state(steps: Sequence[StepStanding]) -> str:
    states = {step.state for step in steps}
    return next((s for s in ("failed", "waiting", "progress", "next") if s in states), "todo")
