"""The names that columns and values go by in the files of service desks and personnel offices."""

from lms.people.models import Channel, Employment, Level


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


STAFF_NO = _names(
    "工号|员工号|员工编号|员工工号|人员编号|客服工号|坐席工号|坐席编号|客服编号|职工号|"
    "staff number|staff no|staff id|employee number|employee no|employee id|"
    "agent id|agent no|agent number|staff"
)
NAME = _names(
    "姓名|员工姓名|客服姓名|坐席姓名|名字|name|full name|agent name|staff name|employee name"
)
MONTH = _names(
    "月份|月|年月|统计月份|考核月份|所属月份|数据月份|统计月|考核月|月度|month|year month|period"
)
CHANNEL = _names("渠道|服务渠道|客服渠道|channel|service channel")
TEAM = _names("团队|班组|小组|组别|所属团队|团队名称|部门|team|group|department")
LEVEL = _names("职级|级别|岗位职级|职位|岗位|level|grade|position")
EMPLOYMENT = _names("用工类型|用工性质|员工类型|用工形式|employment|employment type|type")
HIRED_ON = _names("入职日期|入职时间|入职日|hire date|hired on|start date")
CLEARED_ON = _names("上岗日期|上岗时间|上岗日|上岗资格日期|clearance date|cleared on")
EMAIL = _names(
    "邮箱|电子邮箱|邮箱地址|电子邮件|电子邮件地址|邮件地址|工作邮箱|公司邮箱|企业邮箱|"
    "email|email address|mail|mail address|work email|business email|company email|office email"
)
FIRST_DAY = _names("开始日期|起始日期|休假开始|开始时间|开始|from|start date|first day")
LAST_DAY = _names("结束日期|截止日期|休假结束|结束时间|结束|to|until|end date|last day")
REASON = _names("原因|休假类型|假别|事由|类型|备注|reason|type|leave type")


def _means(**words: str) -> dict[str, str]:
    return {word: code for code, text in words.items() for word in (code, *text.split("|"))}


KPI_COLUMNS = {
    "staff_no": STAFF_NO, "month": MONTH, "name": NAME, "channel": CHANNEL, "team": TEAM,
}  # fmt: skip


CHANNELS = _means(
    **{
        Channel.ONLINE: "在线|在线客服|在线渠道|网聊|chat|im",
        Channel.PHONE: "电话|电话客服|热线|语音|call|voice|tel",
        Channel.EMAIL: "邮件|邮箱|邮件客服|mail|e-mail",
    }
)
LEVELS = _means(
    **{
        Level.AGENT: "客服专员|专员|客服",
        Level.SENIOR_AGENT: "资深客服|资深客服专员|高级客服|senioragent",
        Level.SUPERVISOR: "客服主管|主管",
        Level.MANAGER: "客服经理|经理",
    }
)
EMPLOYMENTS = _means(
    **{
        Employment.REGULAR: "正式|正式工|正式员工|全职|permanent",
        Employment.TEMPORARY: "临时|临时工|临时员工|temp",
    }
)

# First words of a line that adds others up.
TOTALS = set(
    _names("合计|总计|小计|汇总|平均|均值|总平均|total|subtotal|grandtotal|sum|average|avg|mean")
)


def required_and_optional(kind: str) -> tuple[str, ...]:
    """Codes of the columns of a kind of file that are no metrics, in the order of its template."""
    return {
        "kpi": ("staff_no", "name", "month", "channel"),
        "roster": (
            "staff_no", "name", "team", "channel", "level", "employment", "hired_on", "cleared_on",
            "email",
        ),
        "leave": ("staff_no", "first_day", "last_day", "reason"),
    }[kind]  # fmt: skip
