"""What a question's tags are called where people read them: tags are short and the same in both
languages, so that they can be typed."""

from collections.abc import Collection

from sqlalchemy import bindparam, select

from lms.plugins.api import Case, CaseState, CaseVersion, Localized, Session, read_rows

# Of the starter questions; a tag may also be the key of a case. Any other is shown as it was typed.
_NAMES = {
    "basics": Localized("手册基本标准", "Basics of the handbook"),
    "billing": Localized("账单", "Billing"),
    "broadband": Localized("宽带", "Broadband"),
    "case-analysis": Localized("案例分析", "Case analysis"),
    "complaints": Localized("投诉处理", "Complaints"),
    "crm": Localized("CRM 记录", "CRM records"),
    "csat": Localized("客户满意度", "Customer satisfaction"),
    "emotions": Localized("情绪安抚", "Emotions"),
    "escalation": Localized("升级处理", "Escalation"),
    "fcr": Localized("一次性解决", "First-contact resolution"),
    "feedback": Localized("客户反馈", "Customer feedback"),
    "frt": Localized("首次响应", "First response"),
    "handover": Localized("交接", "Handover"),
    "honesty": Localized("如实告知", "Honesty"),
    "knowledge": Localized("知识库", "Knowledge base"),
    "logistics": Localized("物流配送", "Delivery"),
    "orders": Localized("订单处理", "Orders"),
    "payment": Localized("支付问题", "Payment"),
    "peak": Localized("大促高峰", "Peak sales"),
    "peak-season": Localized("大促高峰", "Peak sales"),
    "plans": Localized("套餐", "Plans"),
    "presales": Localized("售前咨询", "Pre-sales"),
    "privacy": Localized("客户信息保密", "Privacy"),
    "promises": Localized("承诺", "Promises"),
    "records": Localized("记录与跟进", "Records and follow-up"),
    "returns": Localized("退换货", "Returns"),
    "safety": Localized("使用安全", "Product safety"),
    "scripts": Localized("话术", "Phrases"),
    "telecom": Localized("电信业务", "Telecom"),
}
_TITLES = (
    select(Case.key, CaseVersion.title)
    .join(CaseVersion, CaseVersion.case_id == Case.id)
    .where(
        Case.key.in_(bindparam("keys", expanding=True)), CaseVersion.state == CaseState.PUBLISHED
    )
    .order_by(CaseVersion.number)
)


def names(session: Session, tags: Collection[str]) -> dict[str, Localized]:
    """By tag, of all of them; no query where each is a known one."""
    found = {tag: _NAMES.get(tag) or Localized(tag, tag) for tag in tags}
    if keys := sorted(found.keys() - _NAMES.keys()):
        found.update(read_rows(session, _TITLES, keys=keys))
    return found
