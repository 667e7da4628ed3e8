"""What this domain registers with the application."""

from lms.appeals.deciding import LOOK_AGAIN
from lms.appeals.policy import APPEALS
from lms.jobs import Job
from lms.plugins.types import ContentLoader, StepType
from lms.policies import Policy

POLICIES: tuple[Policy, ...] = (APPEALS,)
JOBS: tuple[Job, ...] = (LOOK_AGAIN,)
STEP_TYPES: tuple[StepType, ...] = ()
CONTENT_LOADERS: tuple[ContentLoader, ...] = ()
