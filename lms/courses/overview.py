"""A programme summed up for its learner."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.courses.gating import Standing, StepStanding


@dataclass(frozen=True)
class ChecklistItem:
    """One line of what clearance takes: all steps of a kind."""

    kind: str
    done: int
    total: int
    state: str


def clearance_checklist(found: Standing) -> list[ChecklistItem]:
    """In the order in which the kinds first come up."""
    groups: dict[str, list[StepStanding]] = {}
    for step in found.steps:
        groups.setdefault(step.step.kind, []).append(step)
    return [_item(kind, steps) for kind, steps in groups.items()]


def _item(kind: str, steps: Sequence[StepStanding]) -> ChecklistItem:
    done = sum(step.state == "done" for step in steps)
    states = {step.state for step in steps}
    if done == len(steps):
        state = "done"
    else:
        state = next((s for s in ("failed", "waiting", "progress", "next") if s in states), "todo")
    return ChecklistItem(kind, done, len(steps), state)
