"""Papers in words that wait to be marked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from lms.plugins.api import (
    Actor,
    Audience,
    Person,
    Session,
    fits_audience,
    local_date,
    zone,
)
from lms.plugins.exams import attempts, handing_in, saving
from lms.plugins.exams.models import Exam, Question
from lms.plugins.exams.papers import editing
from lms.plugins.exams.types import Sent

_DEMO = Actor(None, "demo")
_EXAM, _SITS, _SEED = "case-analysis-paper", "DEMO03", 20260101
_FOR = Audience(levels=("agent", "senior_agent"), cleared=True)
# By the question's key: whatever is drawn, there is something to mark.
_ANSWERS = {
    "wa-case-stock-promise": (
        "没有打开库存页就答“肯定有货”“周四肯定到”，违反了不许诺库存、到货只能说预计两条；付款后 10 "
        "分钟内没有确认，也没有人告诉她。第一次问就该查库存，第二次问是改口的机会，付款后出现缺货提示是最后"
        "的机会。应该说：“藏青 130 现在没有可售库存，我不能让您拍了等，米色 130 有货，您看可以吗？”"
    ),
    "wa-case-undeliverable": (
        "送不到应在 2 小时内告知，也就是周二 12:20 前，实际拖到周三由客户自己来问。第一封没打开"
        "订单，是模板；第二封没有道歉，也没问她周四怎么办；第三封在怪客户。改法：提示弹出时指定认领人，"
        "交接单加一栏“未告知客户”，组长每两小时看一次。"
    ),
    "wa-case-pickup-code": (
        "从“徐女士昨天买的手机”这句起就泄露了：买了什么、在哪个自提点，最后是取件码。应定三级，先问她"
        "现在是否安全，马上报主管，24 小时内品控和法务介入。可以这样拒绝：“您想帮忙我理解，"
        "只有下单的人在自己的账号里才能查，请她看一下订单页。”"
    ),
    "wa-case-swollen-battery": (
        "触控板鼓起、底壳开裂就是安全隐患，第一封信就该定三级。回复应写：马上关机、拔电，离开床和窗帘，"
        "不要按压也不要寄；已上报，主管今天 12 点前来电，我们上门取。另外邮件里有“鼓”"
        "“裂”“烫”要自动置顶。"
    ),
    "wa-case-scalper": (
        "“符合黄牛特征”“大家都会这么说的”都伤人，应先说“抢了半天被取消，换谁都委屈”，再说几分钟内去查。"
        "提交日志和付款记录可以查：三次提交只有一次付款。这是二级投诉，客服当场登记并报主管，2 小时"
        "内回复，48 小时内解决并回电。"
    ),
}


def make(session: Session, now: datetime) -> None:
    """Nothing where the starter exam or the demo's person is not there."""
    exam = session.scalar(select(Exam).where(Exam.key == _EXAM))
    person = session.scalar(select(Person).where(Person.staff_no == _SITS))
    if exam is None or person is None:
        return
    _open(session, exam, now)
    began = now - timedelta(hours=20)
    for number, person_id in enumerate([person.id, *_colleagues(session, now)]):
        _sit(session, person_id, _SEED + number, began + timedelta(hours=4 * number))


def _colleagues(session: Session, now: datetime) -> Sequence[int]:
    """Two more who may sit it, and are nobody's demo account."""
    return session.scalars(
        select(Person.id)
        .where(fits_audience(_FOR, local_date(now, zone())), Person.staff_no.not_like("DEMO%"))
        .order_by(Person.staff_no)
        .limit(2)
    ).all()


def _sit(session: Session, person_id: int, seed: int, began: datetime) -> None:
    attempt = attempts.start(session, _EXAM, person_id, None, None, now=began, seed=seed)
    drawn = attempts.questions(session, attempt.id)
    keys = _keys(session, [response.version.question_id for response in drawn])
    for number, response in enumerate(drawn):
        text = _ANSWERS.get(keys[response.version.question_id], "见上。")
        given = saving.Given(Sent((text,)), is_flagged=False, sequence=1)
        said_at = began + timedelta(minutes=14 * (number + 1))
        saving.save(session, attempt.id, person_id, {response.position: given}, now=said_at)
    handing_in.finish(session, attempt.id, now=began + timedelta(minutes=31))


def _open(session: Session, exam: Exam, now: datetime) -> None:
    """To be sat by itself."""
    now_set = editing.settings_of(exam)
    settings = replace(now_set, rules=replace(now_set.rules, audience=_FOR))
    editing.change(session, exam, settings, base_number=exam.number, actor=_DEMO, now=now)


def _keys(session: Session, question_ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(select(Question.id, Question.key).where(Question.id.in_(question_ids)))
    return {question_id: key for question_id, key in rows}
