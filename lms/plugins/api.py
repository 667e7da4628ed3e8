"""What a plugin may import of ours, in one place; anything else may change without notice.

`API_VERSION` rises when something here changes its meaning or goes away.
"""

from lms import access, audit, clock, policies
from lms.access import Permission, Scope, Viewer, viewer
from lms.audit import OPERATOR, SYSTEM, Actor
from lms.clock import Month, local_date, now
from lms.content_files import documents
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
from lms.db import (
    Code,
    Localized,
    Mapped,
    Model,
    PersonId,
    Pk,
    Session,
    db,
    mapped_column,
    new_registry,
)
from lms.errors import Conflict, DomainError, NotAllowed, NotFound
from lms.events import (
    ClearanceGranted,
    ClearanceRevoked,
    DrillRunScored,
    EnrolmentCompleted,
    Event,
    LevelChanged,
    MonthClosed,
    PersonAdded,
    StepCompleted,
)
from lms.i18n import N_, locale, pick
from lms.people.models import Clearance, Level, Person, RoleAssignment, Team
from lms.people.notices import notify
from lms.people.organisation import organisation, zone
from lms.plugins.hookspecs import hookimpl
from lms.plugins.types import (
    Action,
    Check,
    CheckLevel,
    ContentLoader,
    CriterionResult,
    CriterionState,
    Job,
    MonthColumn,
    NavItem,
    Panel,
    Policy,
    Refusal,
    Rule,
    RuleProposal,
    StepContext,
    StepType,
    TrainingFigure,
)
from lms.policies import Parameter, PolicyInForce
from lms.web.errors import show_on

API_VERSION = 1

__all__ = [
    "API_VERSION",
    "OPERATOR",
    "SYSTEM",
    "Action",
    "Actor",
    "Check",
    "CheckLevel",
    "Clearance",
    "ClearanceGranted",
    "ClearanceRevoked",
    "Code",
    "Conflict",
    "ContentLoader",
    "CriterionResult",
    "CriterionState",
    "DomainError",
    "DrillRunScored",
    "Enrolment",
    "EnrolmentCompleted",
    "EnrolmentStatus",
    "Event",
    "Job",
    "Level",
    "LevelChanged",
    "Localized",
    "Mapped",
    "Model",
    "Module",
    "Month",
    "MonthClosed",
    "MonthColumn",
    "N_",
    "NavItem",
    "NotAllowed",
    "NotFound",
    "Panel",
    "Parameter",
    "Permission",
    "Person",
    "PersonAdded",
    "PersonId",
    "Pk",
    "Policy",
    "PolicyInForce",
    "Programme",
    "ProgrammeKind",
    "ProgrammeVersion",
    "Refusal",
    "RoleAssignment",
    "Rule",
    "RuleProposal",
    "Scope",
    "Session",
    "Step",
    "StepCompleted",
    "StepContext",
    "StepProgress",
    "StepState",
    "StepType",
    "Team",
    "TrainingFigure",
    "Viewer",
    "access",
    "audit",
    "clock",
    "db",
    "documents",
    "hookimpl",
    "local_date",
    "locale",
    "mapped_column",
    "new_registry",
    "notify",
    "now",
    "organisation",
    "pick",
    "policies",
    "set_step_state",
    "show_on",
    "viewer",
    "zone",
]


def set_step_state(*args: object, **kwargs: object) -> None:
    """`lms.courses.services.set_step_state`, until that module is there to be re-exported."""
    from lms.courses import services

    services.set_step_state(*args, **kwargs)
