"""`lms content export` and `lms cases export|import` from the outside."""

from pathlib import Path

import pytest
import yaml
from flask import Flask
from sqlalchemy import delete, func, select

from lms.audit import OPERATOR
from lms.cases import content, drills, publishing
from lms.cases.models import Case, CaseState, CaseVersion, Drill, Rubric
from lms.clock import SettableClock
from lms.content_files import starter_content
from lms.courses.models import ProgrammeVersion
from lms.db import Localized, db
from lms.plugins.exams.models import Question, QuestionVersion
from lms.plugins.manager import plugins
from tests.backup.conftest import Command, files, lms

__all__ = ["lms"]
STARTER = starter_content()


def parsed(folder: Path) -> dict[str, object]:
    return {
        name: yaml.safe_load(text) if name.endswith(".yaml") else text
        for name, text in files(folder).items()
    }


def rows() -> list[int | None]:
    counted = (CaseVersion, Rubric, Drill, ProgrammeVersion, QuestionVersion)
    found = [db.session.scalar(select(func.count()).select_from(model)) for model in counted]
    db.session.commit()
    return found


def test_the_starter_content_comes_back(both_apps: Flask, lms: Command, tmp_path: Path) -> None:
    """All it says, in the same files; only the hand's own layout and comments are not kept."""
    assert lms("content", "load", STARTER).code == 0
    first = tmp_path / "first"
    result = lms("content", "export", first)
    assert (result.code, result.err) == (0, "")
    assert set(files(first)) == set(files(STARTER))
    ours, theirs = parsed(first), parsed(STARTER)
    for name, document in theirs.items():
        if isinstance(document, dict):
            for question in document.get("questions", ()):
                question["tags"] = sorted(question.get("tags", ()))
                if "answer" in question:
                    question["answer"] = sorted(question["answer"])
        assert ours[name] == document, name
    before = rows()
    again = lms("content", "load", first)
    assert (again.code, again.out) == (0, "0 documents changed\n")
    assert rows() == before


def test_export_load_export_is_the_same_to_the_byte(
    app: Flask, postgres_app: Flask, tmp_path: Path
) -> None:
    """Out of one database, into another of the other kind, and out again."""
    from lms.cli import run

    first, second = tmp_path / "first", tmp_path / "second"
    assert run(app, ["content", "load", str(STARTER)]) == 0
    assert run(app, ["content", "export", str(first)]) == 0
    assert run(postgres_app, ["content", "load", str(first)]) == 0
    assert run(postgres_app, ["content", "export", str(second)]) == 0
    assert files(first) == files(second)


def write_on_screen(clock: SettableClock) -> None:
    """A case in Chinese only, its second version published, a draft besides, and a drill."""
    old = db.session.scalars(select(CaseVersion).join(Case).order_by(Case.key)).first()
    assert old is not None
    edited = CaseVersion(
        case_id=old.case_id, number=2, state=CaseState.DRAFT, created_at=clock.now()
    )
    content.CaseContent(
        stage="complaint", channel="phone", complaint_level=2, outcome="failure",
        title=Localized("只有中文"), scenario=Localized("一\r\n二"), lessons=Localized("别争辩"),
        dialogue=[content.Line("customer", "喂？"), content.Line("agent", "您好")],
        handling=[Localized("道歉")],
    ).write_to(edited)  # fmt: skip
    draft = CaseVersion(
        case_id=old.case_id, number=3, state=CaseState.DRAFT, created_at=clock.now()
    )
    content.of(old).write_to(draft)
    db.session.add_all([edited, draft])
    publishing.make_public(db.session(), edited, clock.now())
    new = drills.DrillContent(
        rubric_id=drills.rubrics(db.session())[0].id, first_reply_seconds=15,
        later_reply_seconds=45,
        title=Localized(en="English only"), opening=Localized(en="Hello?"),
        script=[{"zh": "", "en": "Are you there?"}],
    )  # fmt: skip
    drills.make(db.session(), edited.id, new, actor=OPERATOR, now=clock.now())
    db.session.execute(delete(Drill).where(Drill.case_version_id == old.id))
    db.session.commit()


def test_what_was_written_on_screen_comes_back(
    app: Flask, postgres_app: Flask, clock: SettableClock, tmp_path: Path
) -> None:
    from lms.cli import run

    first, second = tmp_path / "first", tmp_path / "second"
    run(app, ["content", "load", str(STARTER)])
    with app.app_context():
        write_on_screen(clock)
        before = rows()
        assert run(app, ["content", "export", str(first)]) == 0
        assert run(app, ["content", "load", str(first)]) == 0
        assert rows() == before
    assert run(postgres_app, ["content", "load", str(first)]) == 0
    assert run(postgres_app, ["content", "export", str(second)]) == 0
    assert files(first) == files(second)
    assert "只有中文" in "".join(text.decode() for text in files(first / "cases").values())


def test_a_question_in_one_language_comes_back(app: Flask, lms: Command, tmp_path: Path) -> None:
    bank = tmp_path / "in" / "questions" / "x.yaml"
    bank.parent.mkdir(parents=True)
    question = {"key": "one", "type": "single", "stem": "哪个?", "answer": [2],
                "options": [{"zh": "甲", "en": ""}, {"zh": "乙"}]}  # fmt: skip
    document = {"bank": "题库 X", "title": "题库", "questions": [question]}
    bank.write_text(yaml.safe_dump(document), "utf-8")
    assert lms("content", "load", tmp_path / "in").code == 0
    assert lms("content", "export", tmp_path / "out").code == 0
    assert (tmp_path / "out" / "questions" / "题库-X.yaml").exists()
    assert lms("content", "load", tmp_path / "out").out == "0 documents changed\n"
    assert db.session.scalars(select(Question.current_number)).all() == [1]


def test_a_plugin_that_is_off_leaves_its_content_out(
    app: Flask, lms: Command, tmp_path: Path
) -> None:
    lms("content", "load", STARTER)
    lms("plugin", "disable", "exams")
    assert lms("content", "export", tmp_path / "out").code == 0
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "cases", "drills", "programmes", "rubrics",
    }  # fmt: skip
    lms("plugin", "enable", "exams")
    plugins(app).forget_states()


def test_an_export_never_mixes_with_what_is_there(app: Flask, lms: Command, tmp_path: Path) -> None:
    (tmp_path / "out" / ".git").mkdir(parents=True)
    assert lms("cases", "export", tmp_path / "out").code == 0
    (tmp_path / "out" / "mine.txt").write_text("mine")
    for command in ("content", "cases"):
        result = lms(command, "export", tmp_path / "out")
        assert (result.code, "is not empty" in result.err) == (1, True)
    assert {p.name for p in (tmp_path / "out").iterdir()} == {".git", "mine.txt"}
    assert lms("content", "export").code == 2
    assert lms("cases", "import", tmp_path / "none").code == 2


def test_the_case_library_alone(both_apps: Flask, lms: Command, tmp_path: Path) -> None:
    library, copy = tmp_path / "library", tmp_path / "copy"
    count = len(list((STARTER / "cases").iterdir()))
    assert lms("cases", "import", STARTER).out == f"{count} cases changed\n"
    assert lms("cases", "import", STARTER / "cases").out == "0 cases changed\n"
    said = f"{count} cases and 0 pictures written to {library}\n"
    assert lms("cases", "export", library).out == said
    assert lms("cases", "import", library).out == "0 cases changed\n"
    assert lms("cases", "export", copy).code == 0
    assert files(library) == files(copy)


@pytest.mark.parametrize("text", ["key: [", "- a", "key: BAD KEY"])
def test_a_wrong_case_is_named_and_nothing_is_taken(
    app: Flask, lms: Command, tmp_path: Path, text: str
) -> None:
    lms("cases", "export", tmp_path / "library")
    for path in (STARTER / "cases").glob("a*.yaml"):
        (tmp_path / "library" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "library" / "z.yaml").write_text(text)
    result = lms("cases", "import", tmp_path / "library")
    assert (result.code, "z.yaml" in result.err) == (1, True)
    assert db.session.scalar(select(func.count(Case.id))) == 0
    (tmp_path / "empty").mkdir()
    assert "no .md or .yaml files" in lms("cases", "import", tmp_path / "empty").err
