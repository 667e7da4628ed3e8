"""Completing courses, which is what certificates come from."""

import io
from datetime import datetime

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from lms.audit import OPERATOR
from lms.clock import SettableClock, local_date
from lms.courses import services as courses
from lms.courses.models import Module, Programme, ProgrammeVersion, Step, StepState
from lms.db import Localized, db
from lms.people.models import Person
from lms.people.organisation import zone
from lms.plugins.certificates.models import Certificate
from tests.conftest import NOW


class Completions:
    """Each call takes a person through a programme of one step, as the clock stands."""

    def __init__(self, clock: SettableClock) -> None:
        self.clock = clock

    def __call__(
        self, person: Person, key: str = "topic", *, clears: bool = False, kind: str = "topic"
    ) -> Certificate | None:
        """The certificate that came of it, if any."""
        now = self.clock.now()
        programme = db.session.scalar(select(Programme).where(Programme.key == key))
        programme = programme or make_programme(key, clears, kind)
        enrolment = courses.enrol(
            db.session(), person.id, programme.id,
            starts_on=local_date(now, zone()), actor=OPERATOR, now=now,
        )  # fmt: skip
        step = db.session.scalars(
            select(Step).join(Module).where(Module.version_id == enrolment.version_id)
        ).one()
        courses.set_step_state(
            db.session(), enrolment.id, step.id, StepState.COMPLETED, now=now, score=9000
        )
        db.session.commit()
        newest = select(Certificate).where(Certificate.enrolment_id == enrolment.id)
        return db.session.scalar(newest)


def make_programme(key: str, clears: bool = False, kind: str = "topic") -> Programme:
    programme = Programme(key=key, kind="onboarding" if clears else kind)
    version = ProgrammeVersion(
        programme=programme, number=1, title=Localized(f"新人培养{key}", f"Onboarding {key}"),
        summary=Localized(), due_days=7, grants_clearance=clears, content_hash="", created_at=NOW,
    )  # fmt: skip
    module = Module(version=version, key="m", position=1, title=Localized("一", "One"))
    step = Step(
        module=module, key="s", position=1, kind="lesson", minutes=5,
        title=Localized("课", "Lesson"), config={},
    )  # fmt: skip
    db.session.add_all([programme, version, module, step])
    db.session.commit()
    return programme


@pytest.fixture
def complete(clock: SettableClock) -> Completions:
    return Completions(clock)


def picture(kind: str = "PNG", size: tuple[int, int] = (600, 240)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (20, 30, 90)).save(out, kind)
    return out.getvalue()


def set_policy(app: Flask, now: datetime, **params: object) -> None:
    """Another version of the issuing policy."""
    from lms import policies
    from lms.plugins.certificates.policy import ISSUING

    present = policies.in_force(db.session(), ISSUING)
    policies.save(
        db.session(), ISSUING, params, base_number=present.number, reason="for the test",
        actor=OPERATOR, now=now,
    )  # fmt: skip
    db.session.commit()
