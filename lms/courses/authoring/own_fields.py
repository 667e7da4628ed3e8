"""The settings that every programme, module and step has, whatever its kind."""

from collections.abc import Mapping

from lms.courses.audience.words import KINDS
from lms.courses.content_reading import CLEARING, WEAK_FIGURES
from lms.courses.deadlines.counting import WORKING_DAYS
from lms.courses.models import ProgrammeKind
from lms.db import Localized
from lms.people.words import CHANNELS
from lms.plugins.types import FieldKind, StepField

# A delta is made of a programme, never written.
WRITTEN_KINDS: Mapping[str, Localized] = {
    kind: word for kind, word in KINDS.items() if kind != ProgrammeKind.DELTA
}
_FIGURES: Mapping[str, Localized] = dict(
    zip(
        WEAK_FIGURES,
        (
            Localized("首次响应时长", "First response time"),
            Localized("一次解决率", "First contact resolution"),
            Localized("客户满意度", "Customer satisfaction"),
            Localized("客户反馈", "Customer feedback"),
            Localized("考试", "Exam"),
            Localized("案例分析", "Case analysis"),
        ),
        strict=True,
    )
)

TITLE = StepField("title", Localized("名称", "Title"))
_KIND = StepField(
    "kind",
    Localized("类型", "Kind"),
    FieldKind.CHOICE,
    choices=WRITTEN_KINDS,
    initial=ProgrammeKind.TOPIC,
)
_SUMMARY = StepField("summary", Localized("简介", "Summary"), FieldKind.TEXT)
_DUE = StepField(
    "due_days",
    Localized("几天内完成", "Days to complete it"),
    FieldKind.NUMBER,
    Localized("开始那天算第 1 天。", "The first day counts as day 1."),
    initial=14,
)
_DUE_IN = StepField(
    "due_in",
    Localized("按工作日计算（组织的日历）", "Count working days, by the calendar"),
    FieldKind.FLAG,
    ticked=WORKING_DAYS,
)
_GRANTS = StepField(
    "grants_clearance",
    Localized("完成后可以上岗", "Completing it clears for duty"),
    FieldKind.FLAG,
)
_CHANNELS = StepField(
    "clears_for",
    Localized("只对这些渠道可以上岗", "Clears for these channels only"),
    FieldKind.SEVERAL,
    Localized("一个都不勾就是全部渠道。", "None ticked: for all of them."),
    is_rare=True,
    choices=CHANNELS,
)
_FIGURE = StepField(
    "weak_figure",
    Localized("针对哪项指标", "For which weak figure"),
    FieldKind.CHOICE,
    choices=_FIGURES,
)
_PAUSE = StepField(
    "pause_on_leave",
    Localized("请假的天数顺延截止日", "Days of leave move the due date on"),
    FieldKind.FLAG,
    is_rare=True,
)
_AGAIN = StepField(
    "recertify_every",
    Localized("每隔几个月重新学一次", "Months after which it is due again"),
    FieldKind.NUMBER,
    Localized("不填就只学一次。", "Left empty: once is enough."),
    is_rare=True,
)


def head_fields(kind: str, others: Mapping[str, Localized], *, is_new: bool) -> list[StepField]:
    """`others`: programmes that can be required first, by key. A published kind stays."""
    requires = StepField(
        "requires",
        Localized("先要完成的培养计划", "Programmes to complete first"),
        FieldKind.SEVERAL,
        Localized("没完成之前，这里的步骤都锁着。", "Until then every step here is locked."),
        is_rare=True,
        choices=others,
    )
    found = [TITLE, _SUMMARY, *([_KIND] if is_new else []), _DUE, _DUE_IN]
    found += [_GRANTS] if kind in CLEARING else []
    found += [_FIGURE] if kind == ProgrammeKind.RETRAINING else []
    channels = [_CHANNELS] if kind in CLEARING else []
    return [*found, *channels, _PAUSE, _AGAIN, requires]


MODULE_FIELDS = (
    TITLE,
    StepField(
        "opens_on_day",
        Localized("第几天开放", "Opens on day"),
        FieldKind.NUMBER,
        Localized("从开始那天算起；不填就不按日期等。", "Counted from the start; empty: at once."),
    ),
    StepField(
        "needs",
        Localized("只需完成其中几项", "Any so many steps are enough"),
        FieldKind.NUMBER,
        Localized("不填就全部按顺序完成。", "Left empty: all of them, in order."),
        is_rare=True,
    ),
)

MINUTES = StepField(
    "minutes", Localized("大约几分钟", "About how many minutes"), FieldKind.NUMBER, initial=15
)
# How a step opens: not a setting of its own in the file, where `after` says it all.
IN_ORDER, AT_ONCE, AFTER = "order", "now", "after"
OPENS = StepField(
    "_opens",
    Localized("什么时候开放", "When it opens"),
    FieldKind.CHOICE,
    choices={
        IN_ORDER: Localized("按顺序，前一步完成后", "In order, after the step before it"),
        AT_ONCE: Localized("这一天一到就开放", "At once, as soon as its day has come"),
        AFTER: Localized("完成下面勾选的步骤后", "After the steps ticked below"),
    },
    is_rare=True,
)


def after_field(others: Mapping[str, Localized]) -> StepField:
    return StepField(
        "after",
        Localized("等这些步骤完成", "After these steps"),
        FieldKind.SEVERAL,
        is_rare=True,
        choices=others,
    )
