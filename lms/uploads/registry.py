"""What this domain registers with the application."""

from datetime import timedelta

from lms.jobs import Job
from lms.plugins.types import ContentLoader, StepType
from lms.policies import Policy
from lms.uploads.policy import UPLOADS
from lms.uploads.services import sweep

POLICIES: tuple[Policy, ...] = (UPLOADS,)
JOBS: tuple[Job, ...] = (Job("uploads.sweep", sweep, every=timedelta(days=1)),)
STEP_TYPES: tuple[StepType, ...] = ()
CONTENT_LOADERS: tuple[ContentLoader, ...] = ()
