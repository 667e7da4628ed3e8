"""What this domain registers with the application."""

from lms.cases.dumping import dump_cases, dump_drills, dump_rubrics
from lms.cases.duplicates.fingerprints import CATCH_UP
from lms.cases.files import models as file_models  # noqa: F401  a table of this domain too
from lms.cases.lifecycle.due import REMIND
from lms.cases.lifecycle.policy import UPKEEP
from lms.cases.loading import load_cases, load_drills, load_rubrics
from lms.cases.practice.policy import PRACTICE
from lms.cases.raters.policy import GOLD
from lms.cases.rooms.ending import SWEEP
from lms.cases.scoring.policy import SCORING
from lms.cases.scoring.waiting import SETTLE
from lms.cases.search.moving import SETTLE as PLACES
from lms.cases.steps import DrillStep
from lms.cases.uses import models as use_models  # noqa: F401  a table of this domain too
from lms.jobs import Job
from lms.plugins.types import ContentLoader, StepType
from lms.policies import Policy

POLICIES: tuple[Policy, ...] = (SCORING, GOLD, PRACTICE, UPKEEP)
JOBS: tuple[Job, ...] = (SWEEP, SETTLE, REMIND, CATCH_UP, PLACES)
STEP_TYPES: tuple[StepType, ...] = (DrillStep(),)
CONTENT_LOADERS: tuple[ContentLoader, ...] = (
    ContentLoader("cases", 10, load_cases, dump_cases),
    ContentLoader("rubrics", 20, load_rubrics, dump_rubrics),
    ContentLoader("drills", 30, load_drills, dump_drills),
)
