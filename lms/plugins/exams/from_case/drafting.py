"""What a case suggests to ask, as entries of a content file."""

from collections.abc import Sequence
from typing import Any

from lms.plugins.api import CaseVersion, Outcome, what_is_right

# What agents do wrong again and again; wrong options where the case itself has none.
_MISTAKES = {
    "pre_sales": (
        ("为了促成下单，先承诺有货和优惠", "Promise stock and a discount to win the order"),
        ("不问需求，直接推荐最贵的一款", "Recommend the dearest item without asking"),
        ("让客户自己去看商品详情页", "Send the customer to the product page"),
    ),
    "in_sales": (
        ("让客户再等等，不说等到什么时候", "Ask the customer to wait, without saying how long"),
        ("不核对订单就答复", "Answer without checking the order"),
        ("请客户换个时间再联系", "Ask the customer to come back another time"),
    ),
    "after_sales": (
        ("先解释公司的规定，再听客户说", "Explain the rules before hearing the customer out"),
        ("没有核实就答应退款", "Agree to a refund before checking"),
        ("请客户自己联系快递", "Tell the customer to ask the courier"),
    ),
    "complaint": (
        ("先弄清是谁的责任，再谈安抚", "Settle whose fault it is before anything else"),
        ("和客户争辩，指出对方说得不对", "Argue, and point out what the customer got wrong"),
        ("为平息情绪，承诺做不到的赔偿", "Promise compensation that cannot be given"),
    ),
}
_MOST_STEPS, _POINTS = 6, 20


def suggestions(version: CaseVersion) -> list[dict[str, Any]]:
    """What can be asked of this case; keys stay the same from version to version."""
    steps = what_is_right(version)[:_MOST_STEPS]
    wrong = [{"zh": zh, "en": en} for zh, en in _MISTAKES.get(version.stage, ())]
    why = {"zh": version.lessons.zh, "en": version.lessons.en}
    # Lessons are in no order: what a case that went wrong teaches is asked as a whole.
    is_order = version.outcome != Outcome.FAILURE
    asked = [_first(version, steps, wrong) if is_order else {}, _belongs(version, steps, wrong)]
    asked.append(_order(version, steps) if is_order and len(steps) >= 3 else {})
    asked.append(_analysis(version, steps))
    return [
        {
            "key": f"case-{version.case_id}-{number}",
            "difficulty": 2,
            "tags": [],
            "case": version.case.key,
            "explanation": why,
            **entry,
        }
        for number, entry in enumerate(asked, 1)
        if entry
    ]


def _stem(version: CaseVersion, zh: str, en: str) -> dict[str, str]:
    """The scenario, then the question, in the languages the case has."""
    scenario = version.scenario
    stem = {
        "zh": f"{scenario.zh}\n\n{zh}" if scenario.zh else "",
        "en": f"{scenario.en}\n\n{en}" if scenario.en else "",
    }
    return {side: text for side, text in stem.items() if text} or {"zh": zh, "en": en}


def _first(version: CaseVersion, steps: Sequence[Any], wrong: Sequence[Any]) -> dict[str, Any]:
    if not steps:
        return {}
    return {
        "type": "single",
        "stem": _stem(version, "客服首先应该做什么？", "What should the agent do first?"),
        "options": [*wrong[:2], steps[0], *wrong[2:]],
        "answer": [len(wrong[:2]) + 1],
    }


def _belongs(version: CaseVersion, steps: Sequence[Any], wrong: Sequence[Any]) -> dict[str, Any]:
    if len(steps) < 2:
        return {}
    options = [steps[0], *wrong[:2], *steps[1:3]]
    right = [n for n, option in enumerate(options, 1) if option in steps]
    return {
        "type": "multiple",
        "stem": _stem(version, "以下哪些做法是恰当的？", "Which of these belong to it?"),
        "options": options,
        "answer": right,
    }


def _order(version: CaseVersion, steps: Sequence[Any]) -> dict[str, Any]:
    stem = _stem(version, "请按先后顺序排列处理步骤。", "Put the steps of the handling in order.")
    return {"type": "ordering", "stem": stem, "options": list(steps)}


def _analysis(version: CaseVersion, steps: Sequence[Any]) -> dict[str, Any]:
    question = (
        "你会怎样处理？先做什么、后做什么，对客户怎么说？",
        "How would you handle it? What first, what then, and what do you say to the customer?",
    )
    return {
        "type": "case_analysis",
        "stem": _stem(version, *question),
        "criteria": [{"title": step, "points": _POINTS} for step in steps] or [],
        "reference": {"zh": version.result.zh, "en": version.result.en},
    }
