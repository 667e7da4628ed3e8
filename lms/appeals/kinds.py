"""What can be appealed against: the core's kinds and those of enabled plugins."""

from collections.abc import Sequence

from lms.access import Viewer
from lms.cases.appealing import DRILL_SCORE
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import Appealable
from lms.results.appealing import FIGURE_APPEAL, RANK_APPEAL

CORE: tuple[Appealable, ...] = (DRILL_SCORE, FIGURE_APPEAL, RANK_APPEAL)


def kinds() -> dict[str, Appealable]:
    found = (*CORE, *plugins().registered(hookspecs.lms_appealables))
    return {appealable.kind: appealable for appealable in found}


def decided_by(who: Viewer) -> Sequence[Appealable]:
    """The kinds that this viewer may decide about, for somebody at least."""
    if not who.may("appeals.decide"):
        return ()
    return [appealable for appealable in kinds().values() if who.may(appealable.permission)]
