"""A year to begin with: what a service team learns about, in the months when it needs it."""

from collections.abc import Iterator

from sqlalchemy import select

from lms.plugins.api import Localized, Month, Programme, Session
from lms.plugins.planning.models import Category, Kind
from lms.plugins.planning.services import Fields

# Month, kind, category, title, and the key of the programme that ships for it.
_YEAR: tuple[tuple[int, Kind, Category, Localized, str], ...] = (
    (1, Kind.TOPIC, Category.BUSINESS, Localized("退换货与退款", "Returns and refunds"),
     "returns-and-refunds"),
    (2, Kind.SHARING, Category.COMPLAINTS,
     Localized("春节投诉复盘：三个处理得好的案例", "New Year complaints: three handled well"), ""),
    (3, Kind.TOPIC, Category.LAW,
     Localized("消费者权益保护法：客服要知道的几条", "Consumer law: what an agent must know"), ""),
    (4, Kind.PRACTICE, Category.COMMUNICATION,
     Localized("电话里的语气：听录音、改说法", "Tone on the phone: listen, say it better"), ""),
    (5, Kind.TOPIC, Category.EMOTIONS, Localized("投诉先处理情绪", "Emotions first in complaints"),
     "emotions-first"),
    (6, Kind.TOPIC, Category.BUSINESS,
     Localized("年中大促：活动规则与物流", "Mid-year sale: rules and parcels"), "peak-logistics"),
    (7, Kind.SHARING, Category.PSYCHOLOGY,
     Localized("客户为什么生气：心理师来讲", "Why customers get angry: a psychologist tells"), ""),
    (8, Kind.TOPIC, Category.SERVICE,
     Localized("资深客服储备：带新人与改流程", "Future senior agents: coaching and improving"),
     "senior-agent-track"),
    (9, Kind.EXTERNAL, Category.COMMUNICATION,
     Localized("外部课程：非暴力沟通", "External course: non-violent communication"), ""),
    (10, Kind.TOPIC, Category.BUSINESS, Localized("大促物流问题", "Parcels in peak season"),
     "peak-logistics"),
    (11, Kind.PRACTICE, Category.EMOTIONS,
     Localized("高峰期自我调节：十分钟练习", "Keeping calm in the rush: ten-minute practice"), ""),
    (12, Kind.SHARING, Category.SERVICE,
     Localized("年度优秀案例分享", "The year’s best cases, told by those who solved them"), ""),
)  # fmt: skip


def starter_plan(session: Session, year: int) -> Iterator[tuple[int, Fields]]:
    """Number and entry; a programme that is not loaded is left to be chosen."""
    ids = {key: number for key, number in session.execute(select(Programme.key, Programme.id))}
    for number, (month, kind, category, title, key) in enumerate(_YEAR, 1):
        yield (
            number,
            Fields(Month(year * 12 + month - 1), kind, category, title, ids.get(key)),
        )
