"""What a plugin may import of ours, in one place; anything else may change without notice.

`API_VERSION` rises when something here changes its meaning or goes away.
"""

from lms import access, audit, clock, policies, printing
from lms.access import Permission, Scope, Viewer, viewer
from lms.appeals.services import Standing as AppealStanding
from lms.appeals.services import file as file_appeal
from lms.appeals.services import pending_appeals
from lms.appeals.services import standing as appeal_standing
from lms.audit import OPERATOR, SYSTEM, Actor
from lms.cases.authoring import add_lesson, open_version
from lms.cases.content import what_is_right
from lms.cases.models import Case, CaseState, CaseVersion, Outcome
from lms.cases.queries import failed_runs
from lms.cases.search import Search
from lms.cases.search import find as find_cases
from lms.cases.uses.models import CaseUse
from lms.cases.uses.recording import Made as CaseMade
from lms.cases.uses.recording import published as published_case
from lms.cases.uses.recording import record as record_case_use
from lms.clock import Month, local_date, now
from lms.content_files import documents, sides, write_document
from lms.courses.audience.forms import RuleForm as AudienceForm
from lms.courses.audience.matching import fits as fits_audience
from lms.courses.audience.rule import Audience
from lms.courses.audience.rule import read as read_audience
from lms.courses.audience.words import says as audience_says
from lms.courses.gating import Standing
from lms.courses.models import (
    Enrolment,
    EnrolmentStatus,
    Module,
    Programme,
    ProgrammeKind,
    ProgrammeVersion,
    Step,
    StepProgress,
    StepState,
)
from lms.courses.queries import is_latest, standings
from lms.courses.services import (
    cancel_enrolment,
    enrol,
    programme_for_figure,
    set_step_state,
    take_back_failure,
)
from lms.courses.sessions.by_month import SessionFigures, sessions_by_month
from lms.courses.signoffs import waiting as signoffs_waiting
from lms.courses.surveys.results import Satisfaction, satisfaction_by_month
from lms.courses.team import stuck_since
from lms.db import (
    Code,
    Localized,
    Mapped,
    Model,
    PartialIndex,
    PersonId,
    Pk,
    Session,
    UTCDateTime,
    at_once,
    db,
    engine_of,
    mapped_column,
    new_registry,
    read_rows,
    snapshot,
)
from lms.errors import Conflict, DomainError, NotAllowed, NotFound
from lms.events import (
    AwardGranted,
    AwardWithdrawn,
    ClearanceGated,
    ClearanceGranted,
    ClearanceNarrowed,
    ClearanceReopened,
    ClearanceRevoked,
    DemoMade,
    DrillRunScored,
    EnrolmentCompleted,
    Event,
    LevelChanged,
    MonthClosed,
    PersonAdded,
    ResultAppealed,
    ResultAppealSettled,
    SignOffAsked,
    StepCompleted,
)
from lms.i18n import N_, gettext, locale, pick
from lms.jobs import enqueue
from lms.outgoing import TRIES, Answer, post, wait_after
from lms.people import channels, tokens
from lms.people.clearance import granted_on, in_force, resting_on
from lms.people.email import check_email, is_email
from lms.people.forms import TokenForm
from lms.people.models import (
    Channel,
    Clearance,
    Employment,
    Leave,
    Level,
    Notification,
    Person,
    Position,
    RoleAssignment,
    Team,
)
from lms.people.notice_kinds import NoticeKind, notice_kinds
from lms.people.notices import notify
from lms.people.organisation import organisation, zone
from lms.people.roles import people_with
from lms.people.services import move, supervisors_of
from lms.plugins.bus import emit
from lms.plugins.channels import AddressKind, ChannelDown, NoticeChannel, NoticeMessage
from lms.plugins.deprecations import successor
from lms.plugins.hookspecs import hookimpl
from lms.plugins.loading import API_VERSION
from lms.plugins.registry import notice_channels
from lms.plugins.settings import plugin_settings
from lms.plugins.types import (
    Action,
    Appealable,
    AppealSubject,
    CaseUsage,
    Check,
    CheckLevel,
    ContentLoader,
    CriterionResult,
    CriterionState,
    FieldKind,
    Job,
    MonthColumn,
    MyMonth,
    NavItem,
    Panel,
    Policy,
    Refusal,
    Rule,
    RuleProposal,
    Setting,
    SettingKind,
    SkillGap,
    StepContext,
    StepField,
    StepType,
    TrainingFigure,
    WeighedScore,
)
from lms.policies import Parameter, PolicyInForce
from lms.results.appealing import appealed_months, appellants
from lms.results.kpi_apply import lock_months
from lms.results.metrics import Metric, metrics
from lms.results.models import ImportRun, MonthClose, MonthFigure, MonthResult, NotRanked
from lms.results.periods import Period, half_up, monthly_scores, period_of, period_scores, weighed
from lms.results.rounding import whole
from lms.rules.criteria import criteria, refusals
from lms.rules.models import Proposal, ProposalState, RuleRun
from lms.student_t import student_t
from lms.tabular import read_sheets
from lms.tabular import values as cell_values
from lms.tabular.delimited import decoded
from lms.tabular.headers import Column, Table, find_table
from lms.tabular.sheets import Cell, Row, Sheet
from lms.tabular.values import shown
from lms.tabular.words import KPI_COLUMNS
from lms.uploads.describing import describe as describe_file
from lms.uploads.kinds import KINDS as FILE_KINDS
from lms.uploads.kinds import Family as FileFamily
from lms.uploads.models import Upload
from lms.uploads.policy import limits as upload_limits
from lms.uploads.services import clean_name
from lms.uploads.services import forget as forget_uploads
from lms.uploads.services import keep as keep_upload
from lms.uploads.serving import send as send_upload
from lms.uploads.store import path_of as upload_path
from lms.web.addresses import public_site, public_url
from lms.web.errors import message as error_message
from lms.web.errors import show_on
from lms.web.fields import SelectMultipleCheckboxField
from lms.web.lists import (
    PER_PAGE,
    Page,
    as_text,
    attachment,
    chart_file,
    download,
    here,
    page_of,
    page_url,
)
from lms.web.noting import note_reading
from lms.web.security import limiter

__all__ = [
    "API_VERSION", "FILE_KINDS", "KPI_COLUMNS", "N_", "OPERATOR", "PER_PAGE", "SYSTEM", "TRIES",
    "Action", "Actor", "AddressKind", "Answer", "AppealStanding", "AppealSubject", "Appealable",
    "Audience", "AudienceForm", "AwardGranted", "AwardWithdrawn", "Case", "CaseMade",
    "CaseState", "CaseUsage", "CaseUse", "CaseVersion", "Cell", "Channel", "ChannelDown",
    "Check", "CheckLevel", "Clearance", "ClearanceGated", "ClearanceGranted",
    "ClearanceNarrowed", "ClearanceReopened", "ClearanceRevoked", "Code", "Column", "Conflict",
    "ContentLoader", "CriterionResult", "CriterionState", "DemoMade", "DomainError",
    "DrillRunScored", "Employment", "Enrolment", "EnrolmentCompleted", "EnrolmentStatus",
    "Event", "FieldKind", "FileFamily", "ImportRun", "Job", "Leave", "Level", "LevelChanged",
    "Localized", "Mapped", "Metric", "Model", "Module", "Month", "MonthClose", "MonthClosed",
    "MonthColumn", "MonthFigure", "MonthResult", "MyMonth", "NavItem", "NotAllowed", "NotFound",
    "NotRanked", "NoticeChannel", "NoticeKind", "NoticeMessage", "Notification", "Outcome",
    "Page", "Panel", "Parameter", "PartialIndex", "Period", "Permission", "Person",
    "PersonAdded", "PersonId", "Pk", "Policy", "PolicyInForce", "Position", "Programme",
    "ProgrammeKind", "ProgrammeVersion", "Proposal", "ProposalState", "Refusal",
    "ResultAppealSettled", "ResultAppealed", "RoleAssignment", "Row", "Rule", "RuleProposal",
    "RuleRun", "Satisfaction", "Scope", "Search", "SelectMultipleCheckboxField", "Session",
    "SessionFigures", "Setting", "SettingKind", "Sheet", "SignOffAsked", "SkillGap", "Standing",
    "Step", "StepCompleted", "StepContext", "StepField", "StepProgress", "StepState", "StepType",
    "Table", "Team", "TokenForm", "TrainingFigure", "UTCDateTime", "Upload", "Viewer",
    "WeighedScore", "access", "add_lesson", "appeal_standing", "appealed_months", "appellants",
    "as_text", "at_once", "attachment", "audience_says", "audit", "cancel_enrolment", "cell_values",
    "channels", "chart_file", "check_email", "clean_name", "clock", "criteria", "db", "decoded",
    "describe_file", "documents", "download", "emit", "engine_of", "enqueue", "enrol",
    "error_message", "failed_runs", "file_appeal", "find_cases", "find_table", "fits_audience",
    "forget_uploads", "gettext", "granted_on", "half_up", "here", "hookimpl", "in_force",
    "is_email", "is_latest", "keep_upload", "limiter", "local_date", "locale", "lock_months",
    "mapped_column", "metrics", "monthly_scores", "move", "new_registry", "note_reading",
    "notice_channels", "notice_kinds", "notify", "now", "open_version", "organisation",
    "page_of", "page_url", "pending_appeals", "people_with", "period_of", "period_scores",
    "pick", "plugin_settings", "policies", "post", "printing", "programme_for_figure",
    "public_site", "public_url", "published_case", "read_audience", "read_rows", "read_sheets",
    "record_case_use", "refusals", "resting_on", "satisfaction_by_month", "send_upload",
    "sessions_by_month", "set_step_state", "show_on", "shown", "sides", "signoffs_waiting",
    "snapshot", "standings", "stuck_since", "student_t", "supervisors_of", "take_back_failure",
    "tokens", "upload_limits", "upload_path", "viewer", "wait_after", "weighed", "what_is_right",
    "whole", "write_document", "zone",
]  # fmt: skip


def __getattr__(name: str) -> object:
    return successor(globals(), name)
