"""Questions of the types beyond choice, with words in their keys that occur nowhere else."""

from typing import Any

from sqlalchemy import select

from lms.db import db
from lms.plugins.exams.content import load_bank
from lms.plugins.exams.models import Attempt, Bank, QuestionVersion, Response
from tests.conftest import NOW
from tests.plugins.exams.conftest import World

BLANK = {
    "key": "t-blank",
    "type": "blank",
    "stem": {"zh": "____ 秒内回复，____ 后回访", "en": "Reply in ____ s, call back ____"},
    "gaps": [{"number": 73, "tolerance": 0.5}, {"accept": ["zebra day", "斑马日"]}],
}
MATCHING = {
    "key": "t-matching",
    "type": "matching",
    "stem": {"zh": "配对", "en": "Match"},
    "pairs": [
        {"left": {"zh": "左一", "en": "left 1"}, "right": {"zh": "右一", "en": "right 1"}},
        {"left": {"zh": "左二", "en": "left 2"}, "right": {"zh": "右二", "en": "right 2"}},
    ],
    "others": [{"zh": "谁也不是", "en": "nobody's"}],
}
ORDERING = {
    "key": "t-ordering",
    "type": "ordering",
    "stem": {"zh": "排序", "en": "Put in order"},
    "options": [{"zh": f"第{n}步", "en": f"step {n}"} for n in "abcd"],
}
SHORT = {
    "key": "t-short",
    "type": "short_answer",
    "stem": {"zh": "为什么？", "en": "Why so?"},
    "reference": {"zh": "因为河马", "en": "because of the hippo"},
}
CASE = {
    "key": "t-case",
    "type": "case_analysis",
    "case": "late-parcel-peak",
    "stem": {"zh": "分析案例", "en": "Analyse the case"},
    "criteria": [
        {"title": {"zh": "情绪", "en": "Feelings"}, "points": 40, "expected": {"en": "giraffe"}},
        {"title": {"zh": "方案", "en": "Solution"}, "points": 60},
    ],
}
ENTRIES: list[dict[str, Any]] = [
    {"difficulty": 2, "tags": ["new"], "explanation": {"en": "flamingo"}, **entry}
    for entry in (BLANK, MATCHING, ORDERING, SHORT, CASE)
]
SECRETS = ("73", "zebra", "斑马", "hippo", "河马", "giraffe", "flamingo")


def with_types(world: World, entries: list[dict[str, Any]] = ENTRIES) -> World:
    """The exam asks these questions and nothing else."""
    document = {"bank": "written", "title": {"en": "Written"}, "questions": entries}
    load_bank(db.session(), document, "written.yaml", NOW)
    bank = db.session.scalars(select(Bank).where(Bank.key == "written")).one()
    world.exam.bank_id, world.exam.count = bank.id, len(entries)
    db.session.commit()
    return world


def responses(attempt: Attempt) -> dict[str, Response]:
    """By type."""
    rows = db.session.execute(
        select(QuestionVersion.type, Response)
        .join(QuestionVersion, QuestionVersion.id == Response.version_id)
        .where(Response.attempt_id == attempt.id)
        .execution_options(populate_existing=True)
    )
    return {kind: response for kind, response in rows}


def right_form(response: Response, kind: str) -> dict[str, str]:
    """What a page sends for the right answer."""
    at, order = f"a{response.position}", response.option_order
    sent = {
        "blank": {f"{at}.0": "７３.５", f"{at}.1": " Zebra  DAY."},
        "matching": {f"{at}.{n}": str(order.index(n)) for n in range(2)} if order else {},
        "ordering": {f"{at}.{shown}": str(option) for shown, option in enumerate(order)},
        "short_answer": {at: "Because."},
        "case_analysis": {at: "First the feelings."},
    }[kind]
    return {f"s{response.position}": "7", **sent}
