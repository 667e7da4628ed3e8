"""The demo's roster, leave and figures as files: they come in as a real organisation's do."""

import csv
import io
import random
from collections.abc import Iterable, Sequence

from lms.clock import Month
from lms.demo.figures import figures
from lms.demo.roster import DemoPerson
from lms.people.models import Channel, Employment, Level

CHANNELS = {Channel.ONLINE: "在线", Channel.PHONE: "电话", Channel.EMAIL: "邮件"}
LEVELS = {
    Level.AGENT: "客服专员",
    Level.SENIOR_AGENT: "资深客服",
    Level.SUPERVISOR: "客服主管",
    Level.MANAGER: "客服经理",
}
EMPLOYMENTS = {Employment.REGULAR: "正式", Employment.TEMPORARY: "临时"}
METRICS = {
    "frt": "首次响应时长(秒)",
    "art": "平均响应时长(分钟)",
    "aht": "平均解决时长(分钟)",
    "response_rate": "响应率",
    "fcr": "一次性解决率",
    "escalation": "升级率",
    "csat": "CSAT",
    "nps": "NPS",
    "script_compliance": "话术合规率",
    "record_completeness": "信息记录完整率",
    "feedback": "客户反馈",
    "exam": "考试成绩",
    "case_analysis": "案例分析成绩",
}


def roster(people: Sequence[DemoPerson]) -> bytes:
    head = ["工号", "姓名", "团队", "渠道", "职级", "用工类型", "入职日期", "上岗日期"]
    rows = (
        [
            p.staff_no, p.name, p.team, CHANNELS[p.channel], LEVELS[p.level],
            EMPLOYMENTS[p.employment], p.hired_on, p.cleared_on or "",
        ]
        for p in people
    )  # fmt: skip
    return _csv(head, rows)


def leave(people: Sequence[DemoPerson]) -> bytes:
    rows = ([p.staff_no, *p.leave, "年假"] for p in people if p.leave)
    return _csv(["工号", "开始日期", "结束日期", "原因"], rows)


def kpi(people: Sequence[DemoPerson], month: Month, months_in: int, chance: random.Random) -> bytes:
    """A row for everybody at work in the month; those away all of it have no figures."""
    rows = []
    for person in people:
        if person.level in (Level.SUPERVISOR, Level.MANAGER) or person.hired_on > month.last_day:
            continue
        found = figures(chance, person, months_in)
        if person.leave and person.leave[0] <= month.first_day <= month.last_day <= person.leave[1]:
            found = {}
        values = [found.get(code, "") for code in METRICS]
        rows.append([person.staff_no, person.name, str(month), CHANNELS[person.channel], *values])
    return _csv(["工号", "姓名", "月份", "渠道", *METRICS.values()], rows)


def _csv(head: Iterable[object], rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
