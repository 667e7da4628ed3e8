"""What the demo organisation shows of this: supervisors' figures, two spot checks."""

from datetime import datetime
from fractions import Fraction

from sqlalchemy import select

from lms.plugins.api import Actor, Month, MonthClose, Person, Session, local_date, zone
from lms.plugins.scorecards.models import Kind
from lms.plugins.scorecards.periods import spot_checks
from lms.plugins.scorecards.supervisors.entering import Line, enter
from lms.plugins.scorecards.supervisors.months import supervisors_now

_DEMO = Actor(None, "demo")
_AGENT = "DEMO02"
_CHECKED = (
    (40, 9350, "神秘顾客来电：问候、核实、结束语都到位"),
    (12, 8800, "抽听 5 通录音，一通未核实订单"),
)


def make(session: Session, now: datetime) -> None:
    """The last closed month still lacks the improvement actions: HR is to enter them."""
    closed = session.scalars(
        select(MonthClose.month).where(MonthClose.is_current).order_by(MonthClose.month)
    ).all()
    lines = [
        _line(person.id, number, month, month == closed[-1])
        for number, person in enumerate(supervisors_now(session))
        for month in closed
    ]
    enter(session, lines, note="抽检与改进台账", actor=_DEMO, now=now)
    agent = session.scalar(select(Person).where(Person.staff_no == _AGENT))
    if agent is None:
        return
    today = local_date(now, zone())
    for days, score, note in _CHECKED:
        said = spot_checks.Said(today.fromordinal(today.toordinal() - days), score, 50, note)
        spot_checks.enter(session, f"demo:{days}", agent, said, actor=_DEMO, now=now)


def _line(person_id: int, number: int, month: Month, is_last: bool) -> Line:
    shares = {Kind.SAMPLING: Fraction(34 + (number + month.index) % 6, 40)}
    if not is_last:
        shares[Kind.ACTIONS] = Fraction(5 + (number * 2 + month.index) % 4, 8)
    return Line(person_id, month, shares)
