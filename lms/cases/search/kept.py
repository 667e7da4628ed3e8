"""What a process keeps of the index from page to page: the list of segments, with their columns.

It is that of the index as long as the stamp is, which is read with the first tokens of a question.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from lms.cases.search import segments
from lms.cases.search.segments import Gone, Segment


@dataclass(frozen=True)
class Listing:
    """All segments, the last places first."""

    stamp: str
    segments: Sequence[Segment]


_LISTED = sa.text(
    "SELECT t.key, s.id, s.low, s.top, s.cases, s.runs, s.dead FROM case_search_total t "
    "LEFT JOIN case_search_segment s ON 1 = 1 WHERE t.kind = 'stamp' ORDER BY s.top DESC, s.id"
)
_last: WeakKeyDictionary[Engine, Listing] = WeakKeyDictionary()


def last_listing(connection: Connection) -> Listing | None:
    """As this process read it last: whoever uses it compares the stamp."""
    return _last.get(connection.engine)


def listing(connection: Connection) -> Listing:
    """As it is now. Gone if a segment went meanwhile."""
    rows = connection.execute(_LISTED).all()
    found = [Segment(*row) for _, *row in rows if row[0] is not None]
    before = last_listing(connection)
    known = {one.id: one.columns for one in before.segments} if before else {}
    new = [one.id for one in found if one.id not in known]
    known |= segments.read_columns(connection, new)
    if any(one.id not in known for one in found):
        raise Gone
    for one in found:
        one.columns = known[one.id]
    _last[connection.engine] = Listing(rows[0][0] if rows else "", found)
    return _last[connection.engine]
