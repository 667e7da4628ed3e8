"""How many score a run, and how far apart they may be."""

from datetime import datetime

from lms import audit
from lms.audit import Actor
from lms.cases.models import Drill
from lms.db import Localized, Session
from lms.errors import DomainError, NotFound
from lms.policies import Parameter, Policy, PolicyInForce

MOST_RATERS = 5
SCORING = Policy(
    "drills.scoring",
    Localized("演练评分", "Drill scoring"),
    (
        Parameter("raters_needed", Localized("评分人数", "Raters for each run"), 1, 1, MOST_RATERS),
        Parameter(
            "adjudication_points",
            Localized("分差超过多少分时由第三人裁定", "Points apart that need an adjudicator"),
            15,
            1,
            100,
        ),
    ),
)


def raters_needed(drill: Drill, policy: PolicyInForce) -> int:
    """The drill's own number before the policy's."""
    return drill.raters_needed or int(policy["raters_needed"])


def set_raters(
    session: Session, drill_id: int, number: int | None, *, actor: Actor, now: datetime
) -> None:
    """How many score a run of this drill; None: as the policy says. Runs not final yet follow."""
    drill = session.get(Drill, drill_id)
    if drill is None:
        raise NotFound("There is no such drill.")
    if number is not None and not 1 <= number <= MOST_RATERS:
        raise DomainError("This must be between %(low)s and %(high)s.", low=1, high=MOST_RATERS)
    if drill.raters_needed == number:
        return
    old, drill.raters_needed = drill.raters_needed, number
    audit.record(session, actor, "drill.raters", ("drill", drill.id), now=now, old=old, new=number)
