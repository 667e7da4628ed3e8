"""What has happened, as frozen values that carry ids; plugins hear them through `lms_event`."""

from dataclasses import dataclass
from datetime import datetime

from lms.clock import Month
from lms.db import Localized


@dataclass(frozen=True)
class Event:
    at: datetime


@dataclass(frozen=True)
class PersonAdded(Event):
    person_id: int


@dataclass(frozen=True)
class StepCompleted(Event):
    person_id: int
    enrolment_id: int
    step_id: int


@dataclass(frozen=True)
class SignOffAsked(Event):
    """A learner says they are ready for a checklist; their supervisors have been told."""

    person_id: int
    enrolment_id: int
    step_id: int


@dataclass(frozen=True)
class EnrolmentCompleted(Event):
    person_id: int
    enrolment_id: int
    programme_id: int


@dataclass(frozen=True)
class ClearanceGranted(Event):
    person_id: int
    clearance_id: int


@dataclass(frozen=True)
class ClearanceRevoked(Event):
    person_id: int
    clearance_id: int


@dataclass(frozen=True)
class ClearanceNarrowed(Event):
    """Some channels were revoked; `clearance_id` is what is left of it."""

    person_id: int
    clearance_id: int


@dataclass(frozen=True)
class ClearanceGated(Event):
    """A clearance rests from now on: the delta of a major version is due and not done."""

    person_id: int
    clearance_id: int


@dataclass(frozen=True)
class ClearanceReopened(Event):
    """The delta was done late: the clearance holds again."""

    person_id: int
    clearance_id: int


@dataclass(frozen=True)
class DrillRunScored(Event):
    person_id: int
    run_id: int


@dataclass(frozen=True)
class MonthClosed(Event):
    month: Month
    close_id: int
    revision: int


@dataclass(frozen=True)
class LevelChanged(Event):
    person_id: int
    old: str
    new: str


@dataclass(frozen=True)
class AwardGranted(Event):
    """Somebody was honoured; `key` is the award's own name, `<plugin>.<what>:<id>`."""

    person_id: int
    key: str
    title: Localized


@dataclass(frozen=True)
class AwardWithdrawn(Event):
    person_id: int
    key: str
    reason: str


@dataclass(frozen=True)
class DemoMade(Event):
    """The demo organisation has its people, figures and courses: plugins add what shows them."""


@dataclass(frozen=True)
class ResultAppealed(Event):
    """A person contests a figure or the rank of a closed month: what follows from it is held."""

    person_id: int
    month: Month


@dataclass(frozen=True)
class ResultAppealSettled(Event):
    """Such an appeal is decided. Upheld, a correction and the month's next revision follow."""

    person_id: int
    month: Month
    is_upheld: bool
