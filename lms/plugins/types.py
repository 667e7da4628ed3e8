"""The values that plugins hand to the core, and the core to plugins. Public API, like hookspecs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Select

from lms.access import Permission, Scope
from lms.audit import Actor
from lms.clock import Month
from lms.db import Localized, Session
from lms.jobs import Job
from lms.policies import Policy


@dataclass(frozen=True)
class NavItem:
    """A link in the sidebar. `section`: learn, team, results, library, admin."""

    label: str
    endpoint: str
    icon: str
    section: str
    order: int = 100
    badge: int = 0


@dataclass(frozen=True)
class Panel:
    """A rendered piece of a page at a named place; `html` must come from a template."""

    html: str
    order: int = 100


@dataclass(frozen=True)
class Action:
    """A button on a subject's page. `method` POST renders a form with its CSRF token."""

    label: str
    url: str
    icon: str = ""
    method: str = "GET"


class CheckLevel(StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Check:
    """One finding of `lms doctor`."""

    name: str
    level: CheckLevel
    message: str


class CriterionState(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CriterionResult:
    """One criterion of a verdict about one person, with the evidence a dossier shows.

    `value`, `target`: as shown; `source`: where the figure comes from (file and row, or a page);
    `change`: what would turn it, in words.
    """

    code: str
    label: Localized
    state: CriterionState
    value: str = ""
    target: str = ""
    period: str = ""
    source: str = ""
    source_url: str = ""
    change: Localized = field(default_factory=Localized)


@dataclass(frozen=True)
class Refusal:
    """Why an action may not happen now."""

    code: str
    reason: Localized


@dataclass(frozen=True)
class RuleProposal:
    """A rule's proposal about one person."""

    person_id: int
    action: str
    reason: Localized
    evidence: Mapping[str, Any]


class Rule(Protocol):
    """Pure: reads facts, returns proposals. `apply` and `withdraw` are called by the core alone."""

    name: str
    title: Localized
    policy: Policy

    def propose(
        self, session: Session, period: Month, close_id: int, now: datetime
    ) -> list[RuleProposal]: ...

    def apply(
        self, session: Session, period: Month, proposals: Sequence[RuleProposal], now: datetime
    ) -> None: ...

    def withdraw(
        self, session: Session, period: Month, person_ids: Sequence[int], now: datetime
    ) -> None: ...


@dataclass(frozen=True)
class StepContext:
    """What a step type is told about the step it renders or acts on."""

    person_id: int
    enrolment_id: int
    step_id: int
    kind: str
    title: Localized
    config: Mapping[str, Any]
    state: str | None
    now: datetime
    # What the step type last stored with `set_step_state`.
    data: Mapping[str, Any] = field(default_factory=dict)
    # After `submit` refused what was sent: what that was, and why by field (`""`: as a whole).
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    # A trainer looks at a draft: there is no enrolment and no step of these ids.
    is_preview: bool = False


class FieldKind(StrEnum):
    """What a field of a step holds in `config`, and with it how it is asked on screen.

    LINE, TEXT and MARKDOWN: `{zh, en}`; LINES: a list of them; ANSWERS: the same with the number of
    the right one; ROWS: a list of mappings of `fields`. WORD: a plain text; NUMBER: a whole one;
    CHOICE: one of `choices`; FLAG: `ticked`, or nothing; KEY: a key nobody has to think of.
    """

    LINE = "line"
    TEXT = "text"
    MARKDOWN = "markdown"
    LINES = "lines"
    ANSWERS = "answers"
    ROWS = "rows"
    WORD = "word"
    NUMBER = "number"
    CHOICE = "choice"
    SEVERAL = "several"
    FLAG = "flag"
    KEY = "key"


@dataclass(frozen=True)
class StepField:
    """A setting of a step as trainers fill it in; `name` is its place in `config` (`a.b` in `a`).

    What is left empty is left out of `config`; whether that may be, `check_config` decides.
    `is_rare` fields stay folded until they are set.
    """

    name: str
    label: Localized
    kind: FieldKind = FieldKind.LINE
    help: Localized = field(default_factory=Localized)
    is_rare: bool = False
    # In a new step.
    initial: Any = None
    # By value, for CHOICE and SEVERAL.
    choices: Mapping[str, Localized] = field(default_factory=dict)
    # What a ticked FLAG stores.
    ticked: Any = True
    # Where ANSWERS keep the number of the right one, counted from 1.
    answer: str = ""
    # How many LINES, ANSWERS or ROWS there may be.
    most: int = 50
    fields: Sequence["StepField"] = ()


class StepType(Protocol):
    """A kind of step. `config` is the step's entry in the content file, less what the core took.

    It may also have `fields(session)`, the settings as a sequence of `StepField` by which trainers
    fill in a `config` on screen; without it they write it as the content file has it.
    """

    kind: str
    label: Localized
    icon: str

    def check_config(self, config: Mapping[str, Any]) -> None:
        """Raise DomainError naming the field that is wrong."""
        ...

    def render(self, session: Session, context: StepContext) -> str:
        """The body of the step's page, as HTML from a template."""
        ...

    def submit(self, session: Session, context: StepContext, form: Mapping[str, str]) -> str | None:
        """React to the page's form; returns a URL to go to, or None to stay on the step."""
        ...


@dataclass(frozen=True)
class ContentLoader:
    """Reads one folder of content files. `load(session, folder, now)` returns how many changed.

    `dump(session, folder)` writes there what is stored, so that loading it changes nothing, and
    returns how many documents; without it, `lms content export` leaves this kind out.
    """

    folder: str
    order: int
    load: Callable[[Session, Path, datetime], int]
    dump: Callable[[Session, Path], int] | None = None


@dataclass(frozen=True)
class MonthColumn:
    """A column of the month's list, after the core's column `after`; value by person id.

    On screen it stands under `label`; there "1" and "0" are yes and no, a metric's code its name.
    """

    name: str
    after: str
    values: Mapping[int, str]
    default: str = ""
    label: Localized = field(default_factory=Localized)


@dataclass(frozen=True)
class SkillGap:
    """What some people got wrong lately. `code` is unique and stays the same from day to day.

    `source` says what it was found in; `case_id` and `programme_ids` lead to what helps, if known.
    `details`: the single things got wrong most, each with how many people.
    """

    code: str
    label: Localized
    source: Localized
    person_ids: Sequence[int]
    case_id: int | None = None
    programme_ids: Sequence[int] = ()
    details: Sequence[tuple[Localized, int]] = ()


@dataclass(frozen=True)
class CaseUsage:
    """A way in which people work with cases. `rows`: a statement of (case_id, when), a row for each
    time; `label` stands before their number."""

    label: Localized
    rows: Select[int, datetime | None]


@dataclass(frozen=True)
class TrainingFigure:
    """A training mark of a person from the LMS itself (0-100); a month's figure is their mean."""

    person_id: int
    metric: str
    value: float


@dataclass(frozen=True)
class MyMonth:
    """One's own month as its page shows it. `counted`: all monthly scores of theirs that enter
    quarters and years, in hundredths.
    """

    month: Month
    counted: Mapping[Month, int]


@dataclass(frozen=True)
class WeighedScore:
    """A score beside the months', which enters quarters and years: a spot check.

    `score` in hundredths; `weight` in hundredths of that of a month.
    """

    person_id: int
    month: Month
    score: int
    weight: int


@dataclass(frozen=True)
class AppealSubject:
    """An outcome as an appeal sees it.

    `person_id`: whom it is about, who alone may appeal; `url`: where they see it; `final_at`: since
    when it stands, None while it does not; `involved`: who gave it, none of whom decides;
    `renewed_at`: since when it is another one than before, if it ever was: what was decided earlier
    was about that one, and they may appeal anew.
    """

    person_id: int
    title: Localized
    url: str
    final_at: datetime | None
    involved: frozenset[int] = frozenset()
    renewed_at: datetime | None = None


@dataclass(frozen=True)
class Appealable:
    """A kind of outcome that can be appealed against, named `<plugin>.<what>`; subjects by id.

    `permission`: who may decide, in its scope. `hold(session, subject_id, now)`: from now on the
    outcome counts nowhere; `release`: declined, it counts as it stood; `uphold(session, subject_id,
    decider, now)`: upheld, do what follows, and return the address at which the decider goes on,
    or "". They run in the transaction of the appeal and may raise DomainError.
    """

    kind: str
    label: Localized
    permission: str
    find: Callable[[Session, int], AppealSubject | None]
    hold: Callable[[Session, int, datetime], None]
    release: Callable[[Session, int, datetime], None]
    uphold: Callable[[Session, int, Actor, datetime], str]


class SettingKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    BOOL = "bool"
    CHOICE = "choice"
    SECRET = "secret"  # noqa: S105  a kind, not a secret


@dataclass(frozen=True)
class Setting:
    """One thing an admin sets on the plugins page. A secret can be set there and never read.

    `default` is a str, or a number, or a bool, as its kind says; `choices` are the values by name.
    """

    name: str
    label: Localized
    kind: SettingKind = SettingKind.TEXT
    default: str | float | bool = ""
    help: Localized = field(default_factory=Localized)
    choices: Mapping[str, Localized] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None


__all__ = [
    "Action",
    "AppealSubject",
    "Appealable",
    "Check",
    "CheckLevel",
    "ContentLoader",
    "CriterionResult",
    "CriterionState",
    "FieldKind",
    "Job",
    "MonthColumn",
    "NavItem",
    "Panel",
    "Permission",
    "Policy",
    "Refusal",
    "Rule",
    "RuleProposal",
    "Scope",
    "Setting",
    "SettingKind",
    "SkillGap",
    "StepContext",
    "StepField",
    "StepType",
    "TrainingFigure",
    "WeighedScore",
]
