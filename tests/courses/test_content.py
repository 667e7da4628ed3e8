from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.clock import now
from lms.content_files import load_content, starter_content
from lms.courses.models import ProgrammeVersion, Step
from lms.db import db
from lms.errors import DomainError

from .conftest import Documents, lesson, signoff


def test_unchanged_is_nothing_and_changed_is_a_version(app: Flask, documents: Documents) -> None:
    document = documents.programme("welcome", [[lesson("one")], [signoff("two")]])
    assert documents.load() == 1
    assert documents.load() == 0
    document["title"]["en"] = "Another"
    documents.write(document)
    assert documents.load() == 1
    found = select(ProgrammeVersion).order_by(ProgrammeVersion.number)
    versions = db.session.scalars(found).all()
    assert [(v.number, v.title.en) for v in versions] == [(1, "welcome"), (2, "Another")]


def test_a_changed_lesson_text_is_a_version(app: Flask, documents: Documents) -> None:
    documents.programme("welcome", [[lesson("one")]])
    documents.load()
    (documents.folder / "welcome" / "one.en.md").write_text("Other", "utf-8")
    assert documents.load() == 1


def _wrong(document: dict[str, Any], name: str) -> None:
    step = document["modules"][0]["steps"][0]
    match name:
        case "title":
            del document["title"]["en"]
        case "kind":
            document["kind"] = "holiday"
        case "due":
            document["due_days"] = "seven"
        case "slip":
            document["due_day"] = 7
        case "answer":
            step["check"]["answer"] = 9
        case "nocheck":
            del step["check"]
        case "twice":
            document["modules"][0]["steps"].append(dict(step))
        case "empty":
            document["modules"][0]["steps"] = []
        case "clears":
            document["kind"] = "topic"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("title", "welcome/programme.yaml, title: This needs a text in zh and one in en."),
        ("kind", "welcome/programme.yaml, kind: This must be one of onboarding"),
        ("due", "welcome/programme.yaml, due_days: This must be a whole number"),
        ("slip", "welcome/programme.yaml, due_day: There is no such field."),
        ("answer", "modules[1].steps[1].check.answer: This must be the number of an option."),
        ("nocheck", "modules[1].steps[1].check: A lesson needs a check question."),
        ("twice", "welcome/programme.yaml, key: one is used twice."),
        ("empty", "modules[1].steps: This must be a list"),
        ("clears", "grants_clearance: Only onboarding"),
    ],
)
def test_errors_name_file_and_field(
    app: Flask, documents: Documents, name: str, message: str
) -> None:
    document = documents.programme("welcome", [[lesson("one")]])
    _wrong(document, name)
    documents.write(document)
    with pytest.raises(DomainError) as error:
        documents.load()
    assert message in str(error.value)


def test_a_missing_lesson_text_is_named(app: Flask, documents: Documents) -> None:
    documents.programme("welcome", [[lesson("one")]])
    (documents.folder / "welcome" / "one.zh.md").unlink()
    with pytest.raises(DomainError, match=r"one\.zh\.md is not there"):
        documents.load()


def test_broken_yaml_is_named(app: Flask, documents: Documents) -> None:
    documents.programme("welcome", [[lesson("one")]])
    (documents.folder / "welcome" / "programme.yaml").write_text("key: [", "utf-8")
    with pytest.raises(DomainError, match=r"welcome/programme\.yaml cannot be read"):
        documents.load()


def test_the_starter_content_loads_on_both_databases(both_apps: Flask) -> None:
    assert load_content(db.session(), starter_content(), now()) > 0
    assert load_content(db.session(), starter_content(), now()) == 0
    assert (db.session.scalar(select(func.count(Step.id))) or 0) >= 50
