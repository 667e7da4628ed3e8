"""A first script from a case: its customer's lines, and what its agent did well as key points."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.cases.scripts.checking import MAX_NODES
from lms.cases.scripts.hearing import fold, has
from lms.cases.scripts.nodes import Cue
from lms.db import Localized

# What good answers have in common, with words that show it.
POINTS = (
    Cue(Localized("道歉", "Apologises"), ("抱歉", "对不起", "不好意思", "sorry", "apolog"), 1),
    Cue(
        Localized("体谅感受", "Takes the feelings seriously"),
        ("理解您", "着急", "心情", "换了我", "understand", "frustrat", "worr", "must be"),
        1,
    ),
    Cue(
        Localized("核对信息", "Checks the details"),
        ("订单", "单号", "尾号", "核对", "确认一下", "order", "check", "confirm"),
    ),
    Cue(
        Localized("给出时间", "Gives a time"),
        ("小时", "分钟", "点前", "今天", "明天", "今晚", "hour", "minute", "today", "tomorrow"),
        1,
    ),
    Cue(
        Localized("给出办法", "Offers a way out"),
        ("可以为您", "帮您", "补发", "换", "退款", "方案", "we can", "i can", "refund", "replace"),
    ),
    Cue(
        Localized("约定下一步", "Says what happens next"),
        ("回复您", "联系您", "回电", "告知", "跟进", "call you", "let you know", "get back"),
        1,
    ),
)  # fmt: skip
# Where in a conversation each of them is looked for: 0 the first answer, 1 the last.
_PLACES = (0, 0, 0.25, 0.5, 0.5, 1)
TRIGGERS = (
    Cue(
        Localized("推给别人", "Sends the customer to somebody else"),
        ("联系快递", "找快递", "不归我", "不是我们", "联系卖家", "contact the courier", "not our"),
        -1,
    ),
    Cue(
        Localized("让客户干等", "Tells the customer to be patient"),
        ("耐心等", "再等等", "等通知", "be patient", "just wait"),
        -1,
    ),
    Cue(
        Localized("作没有把握的保证", "Promises what is not certain"),
        ("肯定能", "一定能", "保证", "绝对", "guarantee", "definitely", "i promise"),
        -1,
    ),
    Cue(
        Localized("和客户争辩", "Argues with the customer"),
        ("是您自己", "您自己没", "您搞错", "your own fault", "you should have", "you are wrong"),
        -2,
    ),
)
_MOOD_AT_LEVEL = {0: 4, 1: 3, 2: 2, 3: 2}
_MOOD_TEXT = {
    4: Localized(
        "平静，想把事情问清楚。答得具体就满意，含糊其辞会不耐烦。",
        "Calm, wants a clear answer. Content with something concrete, impatient with vague words.",
    ),
    3: Localized(
        "有些着急。先道歉、再给出时间，语气会缓下来；被推诿或让干等，会要求投诉。",
        "Somewhat worried. An apology and a time soften the tone; being sent away or told to wait "
        "turns it into a complaint.",
    ),
    2: Localized(
        "不满，觉得没人管。感受被认真对待、有明确的下一步才会冷静；争辩或空口保证会马上升级。",
        "Annoyed, feels ignored. Calms down only when taken seriously and told what happens next; "
        "arguing or empty promises escalate at once.",
    ),
}


def start_mood(complaint_level: int) -> int:
    return _MOOD_AT_LEVEL.get(complaint_level, 3)


def mood_text(complaint_level: int) -> Localized:
    return _MOOD_TEXT[start_mood(complaint_level)]


def script(
    dialogue: Sequence[Mapping[str, str]],
    *,
    went_well: bool,
    complaint_level: int,
    lessons: Localized,
) -> list[dict[str, Any]]:
    """The customer's lines after the first, as many as a script may have. What the case's agent did
    well is a key point of the line it first answered. Where it went wrong the agent is no model:
    then what the lessons speak of, and what a complaint needs anyway, each where it belongs. No
    point stands twice, and most lines have none."""
    rows: list[dict[str, Any]] = [{"key": "start"}]
    answers: list[list[str]] = [[]]
    has_opened = False
    for said in dialogue:
        if said["who"] == "customer":
            if has_opened:
                rows.append({"key": f"line-{len(rows)}", "zh": said["zh"], "en": said["en"]})
                answers.append([])
            has_opened = True
        elif said["who"] == "agent" and has_opened:
            answers[-1] += [said["zh"], said["en"]]
    rows, answers = rows[:MAX_NODES], answers[:MAX_NODES]
    points = _made(answers) if went_well else {}
    for at, cues in (points or _missed(len(rows), complaint_level, lessons)).items():
        rows[at]["points"] = [cue.row() for cue in cues]
    return rows


def _made(answers: Sequence[Sequence[str]]) -> dict[int, list[Cue]]:
    """What the agent did well, by the line after which they first did it."""
    found: dict[int, list[Cue]] = {}
    left = list(POINTS)
    for at, texts in enumerate(answers):
        folded = fold(" ".join(texts))
        if made := [cue for cue in left if has(folded, cue.words)]:
            found[at] = made
            left = [cue for cue in left if cue not in made]
    return found


def _missed(count: int, complaint_level: int, lessons: Localized) -> dict[int, list[Cue]]:
    """What should have been said, spread over that many lines."""
    folded = fold(f"{lessons.zh} {lessons.en}")
    usual = (POINTS[0], POINTS[-1]) if complaint_level else POINTS[-1:]
    found: dict[int, list[Cue]] = {}
    for cue, place in zip(POINTS, _PLACES, strict=True):
        if cue in usual or has(folded, cue.words):
            found.setdefault(round(place * (count - 1)), []).append(cue)
    return found


def hidden_facts(dialogue: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """What the customer told when the agent had asked."""
    facts, was_asked = [], False
    for said in dialogue:
        if said["who"] == "agent":
            was_asked = any(sign in said["zh"] + said["en"] for sign in "？?")
        elif said["who"] == "customer" and was_asked:
            facts.append({"zh": said["zh"], "en": said["en"]})
            was_asked = False
    return facts[:6]


def triggers() -> list[dict[str, Any]]:
    return [cue.row() for cue in TRIGGERS]
