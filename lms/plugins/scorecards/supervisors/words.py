"""How the parts of a supervisor's month are said."""

from collections.abc import Mapping

from lms.plugins.api import Localized
from lms.plugins.scorecards.models import Entry, Kind, SupervisorMonth
from lms.plugins.scorecards.supervisors.months import share_of

KINDS: Mapping[str, Localized] = {
    Kind.SAMPLING: Localized("抽检合格率", "Sampling pass rate"),
    Kind.ACTIONS: Localized("改进项完成率", "Improvement actions done"),
}
MET = Localized("团队 KPI 达标率", "The team's KPI met")


def percent(entry: Entry | None) -> str:
    """`92.5%`, with as many decimals as it takes, four at most; a dash without data."""
    share = share_of(entry)
    return "–" if share is None else f"{float(round(share * 100, 4)):g}%"


def missing(row: SupervisorMonth) -> list[Localized]:
    """The parts without data, for which there is no score."""
    found = [] if row.ranked else [MET]
    found += [] if row.sampling_id else [KINDS[Kind.SAMPLING]]
    return found if row.actions_id else [*found, KINDS[Kind.ACTIONS]]
