"""A trainer in the middle of the next version of a topic course."""

from datetime import datetime

from sqlalchemy import select

from lms.audit import Actor
from lms.courses.authoring import drafts, order, parts
from lms.courses.authoring.parts import Part
from lms.courses.models import Programme
from lms.db import Session
from lms.people.models import Person

_COURSE = "peak-logistics"
_NEW = {
    "kind": "signoff",
    "title": {"zh": "跟岗：查三个卡住的包裹", "en": "Desk shadowing: three parcels that are stuck"},
    "minutes": 30,
    "checklist": [
        {
            "zh": "三个包裹都查到最近一条轨迹，并说出卡在哪一环",
            "en": "Found the latest scan of all three and said where each is stuck",
        },
        {
            "zh": "其中一个主动联系了客户，说清下一次什么时候回复",
            "en": "Wrote to one customer first, and said when the next news comes",
        },
    ],
}


def begin_draft(session: Session, trainer: Person, now: datetime) -> None:
    """With a step that is new, and a step that takes longer than it says."""
    wanted = select(Programme.id).where(Programme.key == _COURSE)
    programme_id = session.scalar(wanted)
    if programme_id is None:
        return
    who = Actor(trainer.id, "demo")
    draft = drafts.begin(session, programme_id, actor=who, now=now)
    module, step = next(parts.steps(draft.document))
    part = Part("step", step["key"])
    present = parts.content(draft.document, part)
    longer = {**present, "minutes": present["minutes"] + 10}
    was = parts.digest(present)
    drafts.save(session, draft.id, part, longer, was=was, actor=who, now=now)
    new = Part("step", "stuck-parcels")
    order.add(session, draft.id, new, _NEW, into=module["key"], actor=who, now=now)
