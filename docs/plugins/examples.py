"""One example of every hook; the reference shows them, and a test runs each of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from flask import Blueprint
from sqlalchemy import ColumnElement, select

from lms.plugins.api import (
    Action,
    Actor,
    AddressKind,
    Appealable,
    AppealSubject,
    CaseUsage,
    CaseVersion,
    ChannelDown,
    Check,
    CheckLevel,
    ContentLoader,
    CriterionResult,
    CriterionState,
    DomainError,
    Event,
    FieldKind,
    Job,
    Localized,
    Month,
    MonthColumn,
    NavItem,
    NoticeChannel,
    NoticeKind,
    NoticeMessage,
    Panel,
    Parameter,
    Permission,
    Person,
    PersonAdded,
    Policy,
    Refusal,
    Rule,
    RuleProposal,
    Scope,
    Session,
    Setting,
    SettingKind,
    SkillGap,
    StepContext,
    StepField,
    StepState,
    StepType,
    TrainingFigure,
    Viewer,
    WeighedScore,
    access,
    db,
    hookimpl,
    notify,
    plugin_settings,
    set_step_state,
    sides,
    write_document,
)

bp = Blueprint("sample", __name__, url_prefix="/sample")


@bp.get("")
@access.requires("sample.view")
def index() -> str:
    return "hello"


@hookimpl
def lms_blueprints() -> Sequence[Blueprint]:
    return [bp]


@click.command("sample")
def command() -> None:
    """Say hello."""
    click.echo("hello")


@hookimpl
def lms_commands() -> Sequence[click.Command]:
    return [command]


@hookimpl
def lms_permissions() -> Sequence[Permission]:
    label = Localized("查看示例", "See samples")
    return [Permission("sample.view", label, {access.EMPLOYEE: Scope.OWN, access.HR: Scope.ALL})]


POLICY = Policy(
    name="sample.limit",
    title=Localized("示例", "Sample"),
    parameters=(Parameter("limit", Localized("分数线", "The limit"), 60.0, low=0, high=100),),
)


@hookimpl
def lms_policies() -> Sequence[Policy]:
    return [POLICY]


@hookimpl
def lms_settings() -> Sequence[Setting]:
    return [
        Setting("greeting", Localized("问候语", "Greeting"), default="hello"),
        Setting("token", Localized("接口密钥", "Key of the interface"), SettingKind.SECRET),
    ]


def clean_up(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Safe to run twice, as every job must be."""


@hookimpl
def lms_jobs() -> Sequence[Job]:
    return [Job("sample.clean_up", clean_up, every=timedelta(hours=1))]


class Acknowledge:
    kind = "sample"
    label = Localized("确认", "Acknowledge")
    icon = "circle-check"

    def check_config(self, config: Mapping[str, Any]) -> None:
        if "text" not in config:
            raise DomainError("This needs a text in zh and one in en.", field="text")

    def fields(self, session: Session) -> Sequence[StepField]:  # optional: a form for trainers
        return [StepField("text", Localized("内容", "Text"), FieldKind.TEXT)]

    def render(self, session: Session, context: StepContext) -> str:
        return "<form method='post'>…</form>"  # render_template in earnest

    def submit(self, session: Session, context: StepContext, form: Mapping[str, str]) -> str | None:
        done = StepState.COMPLETED
        set_step_state(session, context.enrolment_id, context.step_id, done, now=context.now)
        return None


@hookimpl
def lms_step_types() -> Sequence[StepType]:
    return [Acknowledge()]


class NobodyIsToBlame:
    name = "sample.rule"
    title = POLICY.title
    policy = POLICY

    def propose(
        self, session: Session, period: Month, close_id: int, now: datetime
    ) -> list[RuleProposal]:
        return []

    def apply(
        self, session: Session, period: Month, proposals: Sequence[RuleProposal], now: datetime
    ) -> None: ...

    def withdraw(
        self, session: Session, period: Month, person_ids: Sequence[int], now: datetime
    ) -> None: ...


@hookimpl
def lms_rules() -> Sequence[Rule]:
    return [NobodyIsToBlame()]


def load_samples(session: Session, folder: Path, now: datetime) -> int:
    return 0


def dump_samples(session: Session, folder: Path) -> int:
    write_document(folder, "one", {"key": "one", "title": sides(Localized("一", "One"))})
    return 1


@hookimpl
def lms_content_loaders() -> Sequence[ContentLoader]:
    return [ContentLoader("Samples", 50, load_samples, dump_samples)]


NOTICES = {"sample": NoticeKind(Localized("问候", "A greeting"))}


class TextMessage(NoticeChannel):
    name = "sample_sms"
    label = Localized("短信", "Text message")
    help = Localized("手机号码", "The number of your mobile phone")
    address_kind = AddressKind.TEXT

    def send(
        self, message: NoticeMessage, address: str, settings: Mapping[str, Any], now: datetime
    ) -> None:
        if not settings["token"]:
            raise ChannelDown("no key is set")  # everybody's messages wait
        # post(…) in earnest, with message.key; raise if this address cannot be reached


@hookimpl
def lms_channels() -> Sequence[NoticeChannel]:
    return [TextMessage()]


def find_outcome(session: Session, subject_id: int) -> AppealSubject | None:
    """Your own row: whom it is about, since when it stands, who gave it."""
    return None


def hold_outcome(session: Session, subject_id: int, now: datetime) -> None:
    """Mark your row, and count it nowhere while it is marked."""


def uphold_outcome(session: Session, subject_id: int, decider: Actor, now: datetime) -> str:
    return f"/sample/{subject_id}/anew"


@hookimpl
def lms_appealables() -> Sequence[Appealable]:
    return [
        Appealable(
            kind="sample.outcome",
            label=Localized("示例结果", "Sample outcome"),
            permission="sample.view",
            find=find_outcome,
            hold=hold_outcome,
            release=hold_outcome,
            uphold=uphold_outcome,
        )
    ]


@hookimpl
def lms_training_figures(month: Month, now: datetime) -> Sequence[TrainingFigure]:
    return [TrainingFigure(person_id=1, metric="exam", value=87.5)]


@hookimpl
def lms_weighed_scores(
    first: Month, last: Month, person_ids: Sequence[int] | None
) -> Sequence[WeighedScore]:
    """A mystery customer gave person 7 92.50 points in the first month, worth half a month."""
    return [WeighedScore(7, first, 9250, 50)] if person_ids is None or 7 in person_ids else []


@hookimpl
def lms_criteria(
    person_ids: Sequence[int], target: str, year: int, now: datetime
) -> Mapping[int, Sequence[CriterionResult]]:
    label = Localized("示例条件", "Sample criterion")
    result = CriterionResult("sample.criterion", label, CriterionState.UNKNOWN, period=str(year))
    return {person_id: [result] for person_id in person_ids}


@hookimpl
def lms_refusals(
    person_id: int, action: str, subject_id: int | None, now: datetime
) -> Sequence[Refusal]:
    if action != "clear":
        return []
    return [Refusal("sample.first", Localized("请先完成示例", "Finish the sample first"))]


@hookimpl
def lms_export(person_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return {"plugin_sample_note": [{"text": "written by this person"}]}


@hookimpl
def lms_erase(person_id: int, now: datetime) -> int:
    return 0  # how many rows were changed or deleted


@hookimpl
def lms_event(event: Event) -> None:
    if isinstance(event, PersonAdded):
        text = plugin_settings(db.session(), "sample")["greeting"]
        greeting = Localized(text, text)
        notify(db.session(), [event.person_id], "sample", greeting, "/sample", event.at)


@hookimpl
def lms_entrusted(person_id: int, permission: str) -> Sequence[int]:
    # A coach may sign for those they coach, here for nobody.
    return []


@hookimpl
def lms_nav(viewer: Viewer) -> Sequence[NavItem]:
    if not viewer.may("sample.view"):
        return []
    return [NavItem("Sample", "sample.index", "star", "learn", order=90)]


@hookimpl
def lms_panels(place: str, subject: Any, viewer: Viewer) -> Sequence[Panel] | None:
    return [Panel("<p>hello</p>")] if place == "home" else None


@hookimpl
def lms_actions(subject: Any, viewer: Viewer) -> Sequence[Action] | None:
    if isinstance(subject, Person) and viewer.covers("sample.view", subject):
        return [Action("Sample", "/sample", "star")]
    return None


@hookimpl
def lms_case_makers(version: CaseVersion, viewer: Viewer) -> Sequence[Action] | None:
    if viewer.may("sample.view"):
        return [Action("Sample", f"/sample/from-case/{version.id}", "star")]
    return None


@hookimpl
def lms_case_usage() -> Sequence[CaseUsage]:
    looked_at = select(CaseVersion.case_id, CaseVersion.published_at)
    return [CaseUsage(Localized("示例", "samples"), looked_at)]


@hookimpl
def lms_skill_gaps(scope: ColumnElement[bool], since: datetime) -> Sequence[SkillGap]:
    label, source = Localized("开场白", "Openings"), Localized("示例", "Sample")
    people = db.session.scalars(select(Person.id).where(scope).limit(5)).all()
    return [SkillGap("sample.openings", label, source, people)] if people else []


@hookimpl
def lms_month_columns(close_id: int, person_ids: Sequence[int] | None) -> Sequence[MonthColumn]:
    asked = person_ids is None or 1 in person_ids
    return [MonthColumn("sample", after="rank", values={1: "yes"} if asked else {}, default="no")]


@hookimpl
def lms_checks() -> Sequence[Check]:
    return [Check("sample", CheckLevel.OK, "all is well")]
