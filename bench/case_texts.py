"""Made-up cases for `bench.cases`: some 700 different words each, in both languages together.

A few words are in nearly every case, three thousand in few: what is common costs most to search.
"""

import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import insert, select

from lms.cases.models import Case, CaseState, CaseVersion
from lms.db import Localized, Session

BATCH = 1000
ZH = re.findall(
    "..", "包裹延误退款套餐宽带发票物流大促投诉换货安装账单流量客户解释核实道歉补偿回访升级"
)
EN = re.findall(
    r"\w+",
    "parcel delay refund plan broadband invoice courier sale complaint exchange fitting bill data "
    "customer explain verify apology credit callback escalate",
)
ZH += [chr(0x4E00 + 7 * n % 20000) + chr(0x4E00 + (5 * n + 3) % 20000) for n in range(3000)]
EN += [f"{'bdfgklmnprst'[n % 12]}{'aeiou'[n % 5]}{n:x}" for n in range(3000)]
_WEIGHTS = {
    id(words): list(accumulate(1 / (n + 10) for n in range(len(words)))) for words in (ZH, EN)
}


def versions(first: int, count: int, now: datetime) -> Iterator[dict[str, Any]]:
    """Columns of a first published version for each of these case ids."""
    chance = random.Random(first)

    def text(size: int) -> Localized:
        zh, en = (
            chance.choices(every, cum_weights=_WEIGHTS[id(every)], k=size) for every in (ZH, EN)
        )
        return Localized("".join(zh), " ".join(en))

    def lines(number: int) -> list[dict[str, str]]:
        found = [text(8) for _ in range(number)]
        return [{"zh": line.zh, "en": line.en} for line in found]

    for number in range(first, first + count):
        yield {
            "case_id": number, "number": 1, "state": CaseState.PUBLISHED,
            "stage": chance.choice(("pre_sales", "in_sales", "after_sales", "complaint")),
            "channel": chance.choice(("online", "phone", "email")),
            "complaint_level": chance.randrange(4),
            "outcome": chance.choice(("success", "failure")),
            "category": text(1), "title": text(4), "scenario": text(30), "result": text(10),
            "lessons": text(20),
            "tags": {"zh": chance.sample(ZH[:200], 3), "en": chance.sample(EN[:200], 3)},
            "dialogue": [{"who": "customer", **line} for line in lines(10)],
            "handling": lines(3), "editor_ids": [], "created_at": now,
            "published_at": now - timedelta(minutes=number),
        }  # fmt: skip


def fill(session: Session, cases: int, now: datetime) -> None:
    """Published cases that are not in the index."""
    start = (session.scalar(select(Case.id).order_by(Case.id.desc()).limit(1)) or 0) + 1
    for first in range(start, start + cases, BATCH):
        ids = range(first, first + BATCH)
        keys = [{"id": n, "key": f"bench-{n}", "created_at": now} for n in ids]
        session.execute(insert(Case), keys)
        session.execute(insert(CaseVersion), list(versions(first, BATCH, now)))
        session.commit()
