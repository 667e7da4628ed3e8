"""The policy `results.scoring`: metrics, targets, required ones, weights, leave, tenure, scope."""

from typing import Any

from lms.db import Localized
from lms.policies import Parameter, Policy


def _m(
    code: str, zh: str, en: str, unit: str, better: str, names: str, **more: Any
) -> dict[str, Any]:
    return {
        "code": code,
        "label": {"zh": zh, "en": en},
        "unit": unit,
        "better": better,
        "names": [zh, en, *names.split("|")],
        **more,
    }


SERVICE = {"component": "service", "weight": 1}
TRAINING = {"component": "training", "weight": 1, "scale": 100}

METRICS: list[dict[str, Any]] = [
    _m("frt", "首次响应时长", "First response time", "seconds", "lower",
       "首响|首响时长|首响时间|首次响应时间|首次响应|平均首次响应时长|平均首响时长|平均首响|首应时长|"
       "首次回复时长|首次回复时间|first response|first reply time|avg frt|"
       "average first response time",
       **SERVICE),
    _m("art", "平均响应时长", "Average response time", "minutes", "lower",
       "平均响应时间|平均响应|平响|平均回复时长|响应时长|response time|avg response time|avg art"),
    _m("response_rate", "响应率", "Response rate", "ratio", "higher",
       "应答率|接通率|回复率|接起率|answer rate|reply rate"),
    _m("fcr", "一次性解决率", "First-contact resolution", "ratio", "higher",
       "一次解决率|首次解决率|一次性问题解决率|首次接触解决率|首解率|首次联系解决率|"
       "first contact resolution rate|first call resolution|fcr rate", **SERVICE),
    _m("aht", "平均解决时长", "Average handling time", "minutes", "lower",
       "平均处理时长|平均处理时间|平均解决时间|平均处置时长|处理时长|解决时长|"
       "average handle time|handling time|handle time|avg handling time"),
    _m("escalation", "升级率", "Escalation rate", "ratio", "lower",
       "投诉升级率|问题升级率|工单升级率|转升级率|escalation"),
    _m("csat", "服务满意度", "Satisfaction", "stars", "higher",
       "满意度|客户满意度|满意度评分|满意度得分|客户满意度评分|服务评分|满意度均分|"
       "customer satisfaction|csat score|satisfaction score", **SERVICE),
    _m("nps", "净推荐值", "Net promoter score", "signed", "higher", "净推荐|推荐值|net promoter"),
    _m("repurchase", "复购率", "30-day repurchase", "ratio", "higher",
       "30天复购率|30日复购率|三十天复购率|repurchase rate|30 day repurchase rate"),
    _m("script_compliance", "话术合规率", "Script compliance", "ratio", "higher",
       "话术合规|话术规范率|话术执行率|合规率|script compliance rate|compliance"),
    _m("record_completeness", "信息记录完整率", "Record completeness", "ratio", "higher",
       "记录完整率|信息完整率|信息记录完整度|工单完整率|record completeness rate"),
    _m("feedback", "客户反馈", "Customer feedback score", "points", "higher",
       "客户反馈得分|客户反馈分|客户反馈评分|客户反馈分数|反馈得分|反馈评分|customer feedback|"
       "feedback score", component="feedback", weight=1, scale=100),
    _m("exam", "考试成绩", "Exam score", "points", "higher",
       "考试|考试得分|考试分数|考核成绩|理论考试|理论考试成绩|理论成绩|exam result|exam mark",
       **TRAINING),
    _m("case_analysis", "案例分析成绩", "Case analysis", "points", "higher",
       "案例分析|案例分析得分|案例分析分数|案例成绩|案例分析评分|case analysis score|case score",
       **TRAINING),
    _m("contacts", "接待量", "Contacts handled", "count", "none",
       "接待数|接待人数|会话量|接待会话量|服务量|通话量|接听量|contacts|contact count|volume"),
]  # fmt: skip

_TARGETS: tuple[tuple[str, float, float, float], ...] = (
    ("frt_online", 30, 0.1, 86400),
    ("frt_phone", 15, 0.1, 86400),
    ("frt_email", 7200, 0.1, 864000),
    ("art_online", 5, 0.01, 1440),
    ("art_phone", 3, 0.01, 1440),
    ("response_rate", 1.0, 0.01, 1),
    ("fcr", 0.9, 0.01, 1),
    ("aht_online", 15, 0.01, 1440),
    ("aht_phone", 10, 0.01, 1440),
    ("escalation", 0.05, 0.0001, 1),
    ("csat", 4.5, 1, 5),
    ("nps", 50, -100, 100),
    ("repurchase", 0.35, 0.01, 1),
    ("script_compliance", 0.95, 0.01, 1),
    ("record_completeness", 0.98, 0.01, 1),
    ("feedback", 90, 1, 100),
)
_REQUIRED = ("frt", "fcr", "csat")
_CHANNEL_WORDS = {
    "online": ("在线", "online"),
    "phone": ("电话", "phone"),
    "email": ("邮件", "e-mail"),
}


def _target(name: str, default: float, low: float, high: float) -> Parameter:
    code, _, channel = name.rpartition("_")
    zh_channel, en_channel = _CHANNEL_WORDS.get(channel, ("", ""))
    entry = next(m for m in METRICS if m["code"] == (code if zh_channel else name))
    label, unit = entry["label"], _UNITS.get(entry["unit"], ("", ""))
    return Parameter(
        f"target_{name}",
        Localized(
            f"{label['zh']}目标" + "".join(f"（{w}）" for w in (zh_channel, unit[0]) if w),
            f"Target: {label['en']}" + "".join(f" ({w})" for w in (en_channel, unit[1]) if w),
        ),
        float(default),
        low,
        high,
    )


_UNITS = {"seconds": ("秒", "seconds"), "minutes": ("分钟", "minutes"), "ratio": ("比例", "ratio")}


def _required(entry: dict[str, Any]) -> Parameter:
    label = entry["label"]
    return Parameter(
        f"required_{entry['code']}",
        Localized(f"KPI达标须满足：{label['zh']}", f"KPI met needs: {label['en']}"),
        entry["code"] in _REQUIRED,
    )


_MEASURED = {name for name, *_ in _TARGETS} | {name.rpartition("_")[0] for name, *_ in _TARGETS}

SCORING = Policy(
    "results.scoring",
    Localized("月度评分", "Monthly score"),
    (
        Parameter("weight_service", Localized("权重：服务指标", "Weight: service"), 60.0, 0, 100),
        Parameter("weight_feedback", Localized("权重：客户反馈", "Weight: feedback"), 20.0, 0, 100),
        Parameter("weight_training", Localized("权重：培训成绩", "Weight: training"), 20.0, 0, 100),
        Parameter(
            "leave_share",
            Localized("休假达到当月天数的此比例不排名", "On leave this share of days: not ranked"),
            0.5, 0.01, 1,
        ),
        Parameter(
            "tenure",
            Localized(
                "当月 1 日在职未满此月数不排名（0：不要求）",
                "Fewer months of service than this on the 1st: not ranked (0: any)",
            ),
            0, 0, 120,
        ),
        Parameter(
            "scope", Localized("排名范围", "Ranking scope"), "company",
            choices=("company", "team", "channel"),
            choice_names={
                "company": Localized("全公司", "The whole company"),
                "team": Localized("按团队", "Each team"),
                "channel": Localized("按渠道", "Each channel"),
            },
        ),
        *(_target(*target) for target in _TARGETS),
        *(_required(entry) for entry in METRICS if entry["code"] in _MEASURED),
    ),
    fixed={"metrics": METRICS},
    by_month=True,
)  # fmt: skip
