"""Cases into the index and out of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import itemgetter

import sqlalchemy as sa

from lms.cases.models import CaseVersion
from lms.cases.search import engines, places, segments
from lms.cases.search.describing import Described, counted, described
from lms.cases.search.engines import entry
from lms.db import Session


def add(session: Session, placed: Sequence[tuple[int, CaseVersion]]) -> None:
    """Versions at places that are free, of cases that are not in the index."""
    placed = sorted(placed, key=itemgetter(0))
    for start in range(0, len(placed), segments.MOST_CASES):
        some = placed[start : start + segments.MOST_CASES]
        found = described(version for _, version in some)
        write(session, found, [place for place, _ in some])
        engines.add_words(session, found.words)
        count(session, found.totals)


def write(session: Session, found: Described, at: Sequence[int]) -> None:
    for row, place in zip(found.rows, at, strict=True):
        row["place"] = place
    engines.write(session, found.rows)
    segments.write(session, at, found.pages, found.rows)


def forget(session: Session, case_ids: Sequence[int]) -> None:
    """Let these cases not be found any more, until a version of theirs is indexed again."""
    places.stand_in_line(session)
    old = session.execute(
        sa.delete(entry)
        .where(entry.c.case_id.in_(case_ids))
        .returning(entry.c.place, entry.c.facets, entry.c.tags_zh, entry.c.tags_en)
    ).all()
    segments.bury(session, [row.place for row in old])
    gone = Counter(key for _, *row in old for key in counted(*row))
    count(session, {key: -n for key, n in gone.items()})


def count(session: Session, totals: Mapping[tuple[str, str], int]) -> None:
    """Add to the totals that are shown while nothing is typed."""
    given = [{"kind": kind, "key": key, "cases": n} for (kind, key), n in sorted(totals.items())]
    if given:
        session.execute(sa.text(places.ADD), given)
