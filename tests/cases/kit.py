"""Cases, drills and runs for tests, made with as few words as possible."""

from datetime import datetime
from io import BytesIO
from itertools import count
from typing import Any

from lms.cases import content, publishing
from lms.cases.content import CaseContent, Line
from lms.cases.files.exporting import write_zip
from lms.cases.models import Case, CaseState, CaseVersion, Drill, DrillRun, Rubric
from lms.db import Localized, db

_numbers = count(1)


def some_content(**fields: Any) -> CaseContent:
    defaults: dict[str, Any] = {
        "stage": "after_sales",
        "channel": "online",
        "complaint_level": 1,
        "outcome": "success",
        "title": Localized("包裹迟到", "Late parcel"),
        "category": Localized("物流", "Logistics"),
        "scenario": Localized("大促后三天没有动", "No movement for three days after the sale"),
        "result": Localized("按时送到", "It came in time"),
        "lessons": Localized("- 先处理心情", "- Feelings first"),
        "tags": {"zh": ["延误"], "en": ["delay"]},
        "dialogue": [
            Line("customer", "我的快递呢", "Where is it"),
            Line("agent", "马上查", "Checking"),
        ],
        "handling": [Localized("查单", "Looked it up")],
    }
    return CaseContent(**{**defaults, **fields})


def published_case(now: datetime, **fields: Any) -> CaseVersion:
    case = Case(key=f"test-case-{next(_numbers)}", created_at=now)
    db.session.add(case)
    db.session.flush()
    version = CaseVersion(case_id=case.id, number=1, state=CaseState.DRAFT, created_at=now)
    content.CaseContent.write_to(some_content(**fields), version)
    db.session.add(version)
    publishing.make_public(db.session(), version, now)
    return version


def exported() -> bytes:
    """The published cases as the ZIP that goes out."""
    made = BytesIO()
    write_zip(db.session(), made)
    return made.getvalue()


def rubric(now: datetime, **fields: Any) -> Rubric:
    levels = [{"zh": f"第{n}级", "en": f"Level {n}"} for n in range(1, 6)]
    made = Rubric(
        key=fields.pop("key", f"rubric-{next(_numbers)}"),
        number=1,
        title=Localized("评分标准", "Rubric"),
        pass_mark=70,
        criteria=[
            {
                "key": "empathy",
                "title": {"zh": "心情", "en": "Feelings"},
                "weight": 60,
                "levels": levels,
            },
            {
                "key": "facts",
                "title": {"zh": "事实", "en": "Facts"},
                "weight": 40,
                "levels": levels,
            },
        ],
        critical=[{"key": "data-leak", "title": {"zh": "泄露", "en": "Leaked data"}}],
        created_at=now,
    )
    db.session.add(made)
    db.session.flush()
    return made


def drill(now: datetime, **fields: Any) -> Drill:
    made = Drill(
        key=fields.pop("key", f"drill-{next(_numbers)}"),
        case_version_id=published_case(now).id,
        rubric_id=rubric(now).id,
        title=Localized("迟到的包裹", "The late parcel"),
        persona=Localized("王女士", "Ms Wang, in a hurry"),
        opening=Localized("我的快递呢？", "Where is my parcel?"),
        mood=Localized("着急", "Worried"),
        hidden_facts=[{"zh": "生日礼物", "en": "SECRET-BIRTHDAY"}],
        triggers=[{"zh": "让她等", "en": "SECRET-TRIGGER"}],
        script=[{"zh": "尾号 4471", "en": "Order 4471"}, {"zh": "好的", "en": "All right then"}],
        first_reply_seconds=10,
        created_at=now,
        **fields,
    )
    db.session.add(made)
    db.session.commit()
    return made


def run(drill: Drill, person_id: int, now: datetime) -> DrillRun:
    """A run that was practised, without its messages."""
    made = DrillRun(
        drill_id=drill.id, person_id=person_id, rubric_id=drill.rubric_id, pass_mark=70,
        first_reply_seconds=10, locale="en", state="practised", started_at=now, submitted_at=now,
    )  # fmt: skip
    db.session.add(made)
    return made
