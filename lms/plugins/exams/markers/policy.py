"""How many mark an answer, and how far apart they may be."""

from lms.plugins.api import Localized, Parameter, Policy

MARKING = Policy(
    "exams.marking",
    Localized("考试阅卷", "Marking of exams"),
    (
        Parameter("markers", Localized("每份答案的阅卷人数", "Markers for each answer"), 1, 1, 2),
        Parameter(
            "apart",
            Localized(
                "两人评分相差超过百分之几时由第三人评定",
                "Percent apart that need a third marker",
            ),
            20,
            1,
            100,
        ),
    ),
)
