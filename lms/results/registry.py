"""What this domain registers with the application."""

from lms.jobs import Job
from lms.plugins.types import ContentLoader, StepType
from lms.policies import Policy
from lms.results.import_jobs import READ, TAKE
from lms.results.scoring_policy import SCORING
from lms.results.stored_orders import STORE

POLICIES: tuple[Policy, ...] = (SCORING,)
JOBS: tuple[Job, ...] = (READ, TAKE, STORE)
STEP_TYPES: tuple[StepType, ...] = ()
CONTENT_LOADERS: tuple[ContentLoader, ...] = ()
