"""What keeps a step closed, in words that say what opens it."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from babel.dates import format_date

from lms.courses.models import Enrolment, EnrolmentStatus
from lms.courses.outline import ModuleOutline, Outline, StepOutline
from lms.db import Localized


class Place(NamedTuple):
    """What decides about locks; `missing` as phrases, like all that a lock names."""

    enrolment: Enrolment
    outline: Outline
    today: date
    states: Mapping[int, str]
    missing: list[Localized]

    def left(self, module: ModuleOutline) -> int:
        """How many more of its steps have to be done."""
        done = sum(self.states.get(step.id) == "done" for step in module.steps)
        return max(0, module.needed - done)

    def lock(
        self,
        module: ModuleOutline,
        step: StepOutline,
        earlier: list[Localized],
        here: list[Localized],
    ) -> Localized | None:
        """What unlocks a step and when; None for one that can be done now."""
        if self.enrolment.status == EnrolmentStatus.COMPLETED:
            return Localized("课程已完成，这一步当时是选学", "The course is completed without it")
        if self.missing:
            return _after(self.missing)
        opens_on = module.opens_on(self.enrolment.starts_on)
        before = self._before(module, step, earlier, here)
        if opens_on <= self.today:
            return _after(before) if before else None
        n = module.opens_on_day
        day_zh, day_en = _in_words(opens_on)
        if not before:
            return Localized(f"{day_zh}（第 {n} 天）开放", f"Opens on {day_en} (day {n})")
        zh, en = _listed(before)
        return Localized(
            f"{day_zh}（第 {n} 天）开放，并需先完成{zh}", f"Opens on {day_en} (day {n}), after {en}"
        )

    def _before(
        self,
        module: ModuleOutline,
        step: StepOutline,
        earlier: list[Localized],
        here: list[Localized],
    ) -> list[Localized]:
        """In plain order the one right before it says enough, else all that the file names."""
        if step.after is None:
            behind = earlier if module.needs else [*earlier, *here]
            return behind[-1:]
        return [
            quoted(other.title)
            for other in self.outline.steps
            if other.key in step.after and self.states.get(other.id) != "done"
        ]


def _after(phrases: Sequence[Localized]) -> Localized:
    zh, en = _listed(phrases)
    return Localized(f"完成{zh}后开放", f"Opens after {en}")


def quoted(title: Localized) -> Localized:
    return Localized(f"「{title.pick('zh')}」", f"“{title.pick('en')}”")


def some_of(module: ModuleOutline, left: int) -> Localized:
    name = quoted(module.title)
    return Localized(f"{name.zh}中的 {left} 项", f"{left} of {name.en}")


def _listed(phrases: Sequence[Localized]) -> tuple[str, str]:
    return "、".join(p.zh for p in phrases), ", ".join(p.en for p in phrases)


@lru_cache(maxsize=256)  # a week's steps name the same few days, and so do all its hires
def _in_words(day: date) -> tuple[str, str]:
    return format_date(day, "M月d日 EEEE", "zh_Hans"), format_date(day, "EEE d MMM", "en")
