"""What this domain registers with the application."""

from lms.jobs import Job
from lms.plugins.types import ContentLoader, StepType
from lms.policies import Policy
from lms.setup import starter

POLICIES: tuple[Policy, ...] = ()
JOBS: tuple[Job, ...] = (Job(starter.JOB, starter.load),)
STEP_TYPES: tuple[StepType, ...] = ()
CONTENT_LOADERS: tuple[ContentLoader, ...] = ()
