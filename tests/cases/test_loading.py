"""Starter content: what has not changed changes nothing, what has becomes a version."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.cases import search
from lms.cases.dumping import dump_drills
from lms.cases.loading import load_cases, load_drills, load_rubrics
from lms.cases.models import Case, CaseState, CaseVersion, Drill, Rubric
from lms.clock import SettableClock
from lms.content_files import starter_content
from lms.db import db
from lms.errors import DomainError

KINDS = (("cases", load_cases), ("rubrics", load_rubrics), ("drills", load_drills))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind, _ in KINDS:
        shutil.copytree(starter_content() / kind, tmp_path / "content" / kind)
    return tmp_path / "content"


def load(folder: Path, clock: SettableClock) -> list[int]:
    return [loader(db.session(), folder / kind, clock.now()) for kind, loader in KINDS]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_second_load_changes_nothing(both_apps: Flask, folder: Path, clock: SettableClock) -> None:
    first = load(folder, clock)
    assert all(first)
    db.session.commit()
    assert load(folder, clock) == [0, 0, 0]
    assert search.find(db.session(), search.Search(), "zh").total == first[0]


def test_changed_case_supersedes(app: Flask, folder: Path, clock: SettableClock) -> None:
    load(folder, clock)
    edit(folder / "cases/late-parcel-peak.yaml", "羊绒围巾", "羊毛披肩")
    clock.advance(days=1)
    assert load(folder, clock)[0] == 1
    case = db.session.scalars(select(Case).where(Case.key == "late-parcel-peak")).one()
    assert [(v.number, v.state) for v in case.versions] == [(2, "published"), (1, "superseded")]
    found = search.find(db.session(), search.Search("披肩"), "zh")
    assert [v.number for v in found.versions] == [2]


def test_what_was_published_on_screen_stays(app: Flask, folder: Path, clock: SettableClock) -> None:
    from lms.cases import content, publishing

    load(folder, clock)
    old = db.session.scalars(select(CaseVersion).limit(1)).one()
    edited = CaseVersion(
        case_id=old.case_id, number=2, state=CaseState.DRAFT, created_at=clock.now()
    )
    content.of(old).write_to(edited)
    db.session.add(edited)
    publishing.make_public(db.session(), edited, clock.now())
    assert load(folder, clock)[0] == 0
    assert edited.state == CaseState.PUBLISHED


def test_changed_rubric_gets_a_number(app: Flask, folder: Path, clock: SettableClock) -> None:
    load(folder, clock)
    edit(folder / "rubrics/after-sales.yaml", "pass_mark: 70", "pass_mark: 75")
    # The drills made with it follow; runs keep the rubric they began with.
    used = sum("rubric: after-sales" in f.read_text("utf-8") for f in folder.glob("drills/*.yaml"))
    assert load(folder, clock) == [0, 1, used]
    rubrics = db.session.scalars(select(Rubric).where(Rubric.key == "after-sales")).all()
    assert {(r.number, r.pass_mark) for r in rubrics} == {(1, 70), (2, 75)}
    drill = db.session.scalars(select(Drill).where(Drill.key == "aftersales-late-parcel")).one()
    assert drill.rubric.number == 2


def test_how_many_score_a_drill_comes_and_goes_with_its_file(
    app: Flask, folder: Path, clock: SettableClock, tmp_path: Path
) -> None:
    path = folder / "drills/aftersales-late-parcel.yaml"
    edit(path, "first_reply_seconds:", "raters: 3\nfirst_reply_seconds:")
    load(folder, clock)
    dump_drills(db.session(), tmp_path / "out")
    assert "raters: 3" in (tmp_path / "out/aftersales-late-parcel.yaml").read_text("utf-8")
    edit(path, "raters: 3", "raters: 6")
    with pytest.raises(DomainError, match="raters"):
        load(folder, clock)


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("cases/late-parcel-peak.yaml", "stage: after_sales", "stage: later", "stage"),
        (
            "cases/late-parcel-peak.yaml",
            "complaint_level: 1",
            "complaint_level: 7",
            "complaint_level",
        ),
        ("rubrics/after-sales.yaml", "weight: 25", "weight: 24", "criteria"),
        ("rubrics/after-sales.yaml", "weight: 25", "weight: 0", "weight"),
        ("drills/aftersales-late-parcel.yaml", "rubric: after-sales", "rubric: none", "rubric"),
    ],
)
def test_wrong_files_are_named(
    app: Flask, folder: Path, clock: SettableClock, file: str, old: str, new: str, named: str
) -> None:
    edit(folder / file, old, new)
    with pytest.raises(DomainError, match=rf"{Path(file).name}.*{named}"):
        load(folder, clock)
    db.session.rollback()
    assert db.session.scalar(select(func.count(CaseVersion.id))) == 0
