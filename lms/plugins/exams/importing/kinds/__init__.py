"""What a draft says by type of question: the fields of an entry that are the type's own.

Each reader adds to `draft.reasons` what is wrong, and may take off the stem what is no part of it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lms.plugins.exams.importing.drafts import Draft
from lms.plugins.exams.importing.kinds.gaps import read_gaps
from lms.plugins.exams.importing.kinds.orders import read_order
from lms.plugins.exams.importing.kinds.pairs import read_pairs
from lms.plugins.exams.importing.kinds.written import read_case, read_reference
from lms.plugins.exams.models import QuestionType

OWN: Mapping[str, Callable[[Draft], dict[str, Any]]] = {
    QuestionType.BLANK: read_gaps,
    QuestionType.MATCHING: read_pairs,
    QuestionType.ORDERING: read_order,
    QuestionType.SHORT_ANSWER: read_reference,
    QuestionType.CASE_ANALYSIS: read_case,
}
