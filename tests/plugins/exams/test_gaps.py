"""Exam topics that people get wrong, as skill gaps."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import false, true

from lms.db import db
from lms.plugins.exams.gaps import skill_gaps
from lms.plugins.shapes import expectation
from lms.plugins.types import SkillGap

from .conftest import NOW, World


def test_a_topic_mostly_answered_wrongly_is_a_gap(both_worlds: World) -> None:
    world = both_worlds
    client = world.client()
    attempt = world.start(client)
    world.answer_all(client, attempt, right=0)
    client.post(f"/exams/attempts/{attempt.id}/submit")
    db.session.rollback()
    since = NOW - timedelta(days=1)
    found = skill_gaps(db.session(), true(), since)
    codes = {gap.code for gap in found}
    # Six questions of two topics: at least one of them came twice.
    assert codes and codes <= {"exams.even", "exams.odd"}
    assert all(gap.person_ids == [world.learner.id] for gap in found)
    [stem, count] = found[0].details[0]
    assert stem.en and count == 1 and len(found[0].details) <= 3
    expectation(SkillGap)(found[0])  # as the page takes it from the hook
    with pytest.raises(TypeError, match="str where int is due"):
        expectation(SkillGap)(replace(found[0], details=[(stem, "1")]))
    assert not skill_gaps(db.session(), false(), since)
    assert not skill_gaps(db.session(), true(), NOW + timedelta(days=1))
