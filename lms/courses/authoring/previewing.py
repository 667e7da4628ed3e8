"""A document as a learner would see it, without anybody being enrolled.

Steps are numbered through from 1; that number stands for the step's id. What is not written yet is
shown as `…`, or in the other language.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from lms.courses.authoring import parts
from lms.courses.authoring.checking import examine
from lms.courses.authoring.drafts import Shown
from lms.courses.gating import Standing, standing
from lms.courses.models import Enrolment, EnrolmentStatus
from lms.courses.outline import ModuleOutline, Outline, StepOutline
from lms.db import Localized
from lms.errors import NotFound
from lms.plugins.types import StepContext


def standing_of(of: Shown, person_id: int, today: date) -> Standing:
    """As on the first day of somebody who begins today."""
    shape = _outline(examine(of.document, of.files).mended)
    enrolment = Enrolment(
        id=0, person_id=person_id, programme_id=0, version_id=0, starts_on=today,
        due_on=today + timedelta(days=shape.due_days - 1), status=EnrolmentStatus.ACTIVE,
        reason="",
    )  # fmt: skip
    return standing(enrolment, shape, {}, today)


def step_of(of: Shown, place: int, person_id: int, now: datetime) -> StepContext:
    """What the step's type is told about step number `place`; NotFound if there is none."""
    rows = [row for _, row in parts.steps(examine(of.document, of.files).mended)]
    if not 0 < place <= len(rows):
        raise NotFound("This step does not exist.")
    row = rows[place - 1]
    return StepContext(
        person_id=person_id,
        enrolment_id=0,
        step_id=place,
        kind=row["kind"],
        title=Localized.of(row["title"]),
        config=row["config"],
        state=None,
        now=now,
        is_preview=True,
    )


def _outline(document: Mapping[str, Any]) -> Outline:
    numbers = {step["key"]: n for n, (_, step) in enumerate(parts.steps(document), 1)}
    return Outline(
        version_id=0,
        programme_id=0,
        key=document["key"],
        kind=document["kind"],
        number=0,
        title=Localized.of(document["title"]),
        summary=Localized.of(document["summary"]),
        due_days=document["due_days"],
        grants_clearance=document["grants_clearance"],
        modules=tuple(
            _module(number, module, numbers) for number, module in enumerate(document["modules"], 1)
        ),
        pause_on_leave=document.get("pause_on_leave", False),
    )


def _module(number: int, module: Mapping[str, Any], numbers: Mapping[str, int]) -> ModuleOutline:
    steps = tuple(
        StepOutline(
            numbers[step["key"]],
            step["key"],
            step["kind"],
            Localized.of(step["title"]),
            step["minutes"],
            tuple(step["after"]) if "after" in step else None,
        )
        for step in module["steps"]
    )
    title, opens = Localized.of(module["title"]), module["opens_on_day"] or 1
    return ModuleOutline(number, title, opens, steps, module.get("needs"))
