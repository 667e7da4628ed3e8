"""Exams: question banks, papers drawn at random, sitting, marking, results."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import click
from flask import Blueprint, url_for
from sqlalchemy import ColumnElement

from lms.plugins.api import (
    Action,
    Appealable,
    CaseUsage,
    CaseVersion,
    ContentLoader,
    DemoMade,
    Event,
    Job,
    Localized,
    Month,
    NavItem,
    NoticeKind,
    Panel,
    Permission,
    Policy,
    Refusal,
    Scope,
    SkillGap,
    StepType,
    TrainingFigure,
    Viewer,
    db,
    hookimpl,
    now,
)
from lms.plugins.api import gettext as _

TITLE = Localized("考试：题库、抽题、作答与评分", "Exams: question banks, papers, marking")
NOTICES = {
    "exam": NoticeKind(Localized("考试结果", "Result of an exam")),
    "exam.training": NoticeKind(Localized("考试未通过后的加训", "Extra training after an exam")),
    "exam_marking": NoticeKind(Localized("待阅卷的答案", "Answers to mark")),
}
AUDIT = {
    "exam.start": Localized("开始考试", "Began an exam"),
    "exam.submit": Localized("交卷", "Handed in an exam"),
    "exam.extra_time": Localized("延长考试时间", "Gave extra time in an exam"),
    "exam.reset": Localized("重置考试次数", "Reset somebody’s attempts at an exam"),
    "exam.training": Localized("考试未通过，安排加训", "Extra training after a failed exam"),
    "exam.save": Localized("修改考试设置", "Changed an exam"),
    "exam.mark": Localized("评阅答案", "Marked an answer"),
    "exam.question": Localized("编写题目", "Wrote a question"),
    "exam.withdraw": Localized("停用题目", "Withdrew a question"),
    "exam.put_back": Localized("恢复题目", "Put a question back"),
    "exam.regrade": Localized("更正答案后重新判分", "Regraded by a corrected key"),
    "exam.import": Localized("导入题目", "Imported questions"),
    "exam_attempt": Localized("答卷", "Sitting of an exam"),
    "exam_question": Localized("题目", "Question"),
    "exam": Localized("考试", "Exam"),
    "question_bank": Localized("题库", "Question bank"),
}


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    from lms.plugins.exams import (  # noqa: F401  its routes
        bank_views,
        export_views,
        import_views,
        manage,
        mark_views,
        regrade_views,
        result_views,
        views,
    )
    from lms.plugins.exams.from_case import views as from_case_views  # noqa: F401  its routes
    from lms.plugins.exams.media import views as media_views  # noqa: F401  more of them
    from lms.plugins.exams.papers import pick_views  # noqa: F401  more of them
    from lms.plugins.exams.papers import views as paper_views  # noqa: F401  more of them

    return [views.bp, manage.bp]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    from lms.plugins.exams.markers.telling import ROLES

    manage = Localized("管理考试与题库", "Manage exams and question banks")
    mark = Localized("评阅考试答案", "Mark answers of exams")
    return [
        Permission("exams.manage", manage, {"trainer": Scope.ALL, "training_manager": Scope.ALL}),
        Permission("exams.mark", mark, dict.fromkeys(ROLES, Scope.ALL)),
    ]


@hookimpl
def lms_policies() -> Sequence[Policy]:
    from lms.plugins.exams.markers.policy import MARKING
    from lms.plugins.exams.papers.resits import POLICY

    return [POLICY, MARKING]


@hookimpl
def lms_commands() -> Sequence[click.Command]:
    from lms.plugins.exams.cli import questions

    return [questions]


@hookimpl
def lms_jobs() -> Sequence[Job]:
    from lms.plugins.exams.handing_in import JOB, finish_overdue
    from lms.plugins.exams.media.keeping import sweep

    return [
        Job(JOB, finish_overdue, every=timedelta(seconds=15)),
        Job("exams.media", sweep, every=timedelta(days=1)),
    ]


@hookimpl
def lms_event(event: Event) -> None:
    if isinstance(event, DemoMade):
        from lms.plugins.exams.demo import make

        make(db.session(), event.at)


@hookimpl
def lms_step_types() -> Sequence[StepType]:
    from lms.plugins.exams.step_type import ExamStep

    return [ExamStep()]


@hookimpl
def lms_content_loaders() -> Sequence[ContentLoader]:
    from lms.plugins.exams.content import load_exams, load_questions
    from lms.plugins.exams.dumping import dump_exams, dump_questions

    return [
        ContentLoader("questions", 10, load_questions, dump_questions),
        ContentLoader("exams", 20, load_exams, dump_exams),
    ]


@hookimpl
def lms_training_figures(month: Month, now: datetime) -> Sequence[TrainingFigure]:
    from lms.plugins.exams.figures import training_figures

    return training_figures(db.session(), month, now)


@hookimpl
def lms_case_usage() -> Sequence[CaseUsage]:
    from lms.plugins.exams.figures import case_usage

    return [case_usage()]


@hookimpl
def lms_skill_gaps(scope: ColumnElement[bool], since: datetime) -> Sequence[SkillGap]:
    from lms.plugins.exams.gaps import skill_gaps

    return skill_gaps(db.session(), scope, since)


@hookimpl
def lms_appealables() -> Sequence[Appealable]:
    from lms.plugins.exams.correcting.appealing import ANSWER

    return [ANSWER]


@hookimpl
def lms_refusals(
    person_id: int, action: str, subject_id: int | None, now: datetime
) -> Sequence[Refusal]:
    if action != "clear" or subject_id is None:
        return []
    from lms.plugins.exams.correcting.appealing import refusals

    return refusals(db.session(), subject_id)


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    from lms.plugins.exams.personal import export

    return export(db.session(), person_id, now())


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    from lms.plugins.exams.personal import erase

    return erase(db.session(), person_id)


@hookimpl
def lms_case_makers(version: CaseVersion, viewer: Viewer) -> Sequence[Action]:
    if not viewer.may("exams.manage"):
        return []
    url = url_for("exams_manage.from_case", version_id=version.id)
    return [Action(_("Questions"), url, "list-check")]


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    mine = NavItem(_("My exams"), "exams.mine", "list-check", "learn", 60)
    if viewer.may("exams.manage"):
        return [mine, NavItem(_("Exams"), "exams_manage.index", "list-check", "library", 40)]
    if viewer.may("exams.mark"):
        return [mine, NavItem(_("Marking"), "exams_manage.marking", "list-check", "library", 40)]
    return [mine]


@hookimpl
def lms_panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel] | None:
    if place != "home" or not viewer.may("exams.mark"):
        return None
    from lms.plugins.exams.mark_views import panel

    return panel(db.session(), viewer.person_id)
