"""The types of question. A new one is a module here, its name in `KINDS`, and its macros in
`templates/exams/types/`."""

from lms.plugins.exams.types.base import FULL, Kind, Sent, Shape, Wording, Wrong
from lms.plugins.exams.types.blank import BLANK
from lms.plugins.exams.types.choice import MULTIPLE, SINGLE, TRUE_FALSE
from lms.plugins.exams.types.matching import MATCHING
from lms.plugins.exams.types.ordering import ORDERING
from lms.plugins.exams.types.written import CASE_ANALYSIS, SHORT_ANSWER

__all__ = ["CHOICES", "FULL", "KINDS", "Kind", "Sent", "Shape", "Wording", "Wrong"]

_ALL: tuple[Kind, ...] = (
    SINGLE,
    MULTIPLE,
    TRUE_FALSE,
    BLANK,
    MATCHING,
    ORDERING,
    SHORT_ANSWER,
    CASE_ANALYSIS,
)
KINDS = {kind.code: kind for kind in _ALL}
# Those whose answers are options ticked.
CHOICES = frozenset({SINGLE.code, MULTIPLE.code, TRUE_FALSE.code})
