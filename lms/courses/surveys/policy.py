"""From how many answers on results are shown."""

from lms.db import Localized
from lms.policies import Parameter, Policy

SURVEYS = Policy(
    "surveys",
    Localized("课程反馈", "Course feedback"),
    (
        Parameter(
            "min_answers",
            Localized("满多少份回答才显示结果", "Answers needed before results are shown"),
            5, 3, 100,
        ),
    ),
)  # fmt: skip
