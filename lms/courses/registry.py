"""What this domain registers with the application."""

from datetime import timedelta

from lms.courses.audience import assigning
from lms.courses.audience.following import follow_all
from lms.courses.clearing import clear_waiting
from lms.courses.content import load_programmes
from lms.courses.deadlines.policy import DEADLINES
from lms.courses.deadlines.reminders import remind
from lms.courses.deltas.gates import begin
from lms.courses.dumping import dump_programmes
from lms.courses.gaps import SKILL_GAPS
from lms.courses.recertifying import recertify
from lms.courses.sessions.step_type import SessionStep
from lms.courses.sessions.sweeping import release_unused
from lms.courses.steps.external import External
from lms.courses.steps.lesson import Lesson
from lms.courses.steps.signoff import SignOff
from lms.courses.steps.survey import Survey
from lms.courses.surveys.policy import SURVEYS
from lms.jobs import Job
from lms.plugins.types import ContentLoader, StepType
from lms.policies import Policy

POLICIES: tuple[Policy, ...] = (DEADLINES, SKILL_GAPS, SURVEYS)
JOBS: tuple[Job, ...] = (
    Job("courses.clear_waiting", clear_waiting, every=timedelta(minutes=15)),
    Job(assigning.JOB, assigning.carry_out),
    Job("courses.release_unused_places", release_unused, every=timedelta(minutes=15)),
    Job("courses.follow_audiences", follow_all, every=timedelta(minutes=15)),
    Job("courses.recertify", recertify, every=timedelta(hours=6)),
    Job("courses.begin_gates", begin, every=timedelta(minutes=1)),
    Job("courses.remind", remind, every=timedelta(minutes=15)),
)
STEP_TYPES: tuple[StepType, ...] = (
    Lesson(),
    SessionStep(),
    SignOff(),
    External(),
    Survey(),
)
CONTENT_LOADERS: tuple[ContentLoader, ...] = (
    ContentLoader("programmes", 50, load_programmes, dump_programmes),
)
