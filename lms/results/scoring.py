"""The month's scores and ranks: two set statements, the same on SQLite and PostgreSQL.

    figures    the inputs, frozen: the LMS's own training figures, then what was imported; each with
               its target, its attainment in units of 1e-12, and whether it meets
    results    who counts, with team, level and channel of the month's last day, clearance, leave,
               tenure; components and the score in hundredths, half up; KPI met; no score: not
               ranked; competition rank by score, and by CSAT among those ranked who have one

Exactness: figures are the doubles nearest to the decimals in the file, so `value <= target` decides
as the decimals would. Attainments become integers of 1e-12, so that equal ones are equal. The score
is computed on doubles and rounded half up by floor(100 x + 0.5 + 1e-8): an exact half may come out
of them as 0.4999…, by at most 5e-9 (a mean of attainments, each rounded by up to 5e-13, times 1e4).
Other scores of such figures keep their distance: the nearest below a half that could be found, of
e-mails answered after ten hours and more, stay 3e-8 away.
"""

from collections.abc import Sequence

from sqlalchemy import case, func, null, select, text

from lms.clock import Month
from lms.db import Session
from lms.policies import PolicyInForce
from lms.results import scoring_figures
from lms.results.metrics import metrics
from lms.results.models import MonthFigure, MonthResult, NotRanked
from lms.results.scoring_figures import OwnFigure
from lms.results.scoring_people import members, roster
from lms.results.scoring_ranks import results


def compute(
    session: Session,
    close_id: int,
    month: Month,
    policy: PolicyInForce,
    own_figures: Sequence[OwnFigure],
) -> int:
    """Fill month_figure and month_result of a close; returns how many people are ranked."""
    known = metrics(policy.params)
    _get_ready(session)
    scoring_figures.freeze(session, close_id, month, members(month), known, own_figures)
    _count_rows(session, MonthFigure.__tablename__)
    session.execute(results(close_id, roster(month, policy), known, policy))
    _count_rows(session, MonthResult.__tablename__)
    ranked = (MonthResult.close_id == close_id, MonthResult.not_ranked.is_(None))
    return session.scalar(select(func.count()).where(*ranked)) or 0


def compute_again(session: Session, close_id: int, of: int, policy: PolicyInForce) -> None:
    """What follows from the frozen people and figures of another close and from nothing else."""
    known = metrics(policy.params)
    _get_ready(session)
    scoring_figures.freeze_again(session, close_id, of, known)
    _count_rows(session, MonthFigure.__tablename__)
    no_score = MonthResult.not_ranked == str(NotRanked.NO_SCORE)
    frozen = select(
        MonthResult.person_id, MonthResult.team_id, MonthResult.level, MonthResult.channel,
        MonthResult.leave_days, MonthResult.has_row,
        case((no_score, null()), else_=MonthResult.not_ranked).label("not_ranked"),
    )  # fmt: skip
    session.execute(results(close_id, frozen.where(MonthResult.close_id == of), known, policy))


def _get_ready(session: Session) -> None:
    """Until the transaction ends PostgreSQL joins very many people in memory, and so stores them in
    their order, spends no seconds on compiling a statement (JIT), and counts a quarter of the rows
    for its statistics."""
    if session.get_bind().dialect.name == "postgresql":
        for setting in ("work_mem = '64MB'", "jit = off", "default_statistics_target = 25"):
            session.execute(text(f"SET LOCAL {setting}"))


def _count_rows(session: Session, table: str) -> None:
    """PostgreSQL plans by statistics, and knows none yet of the rows just written."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"ANALYZE {table}"))
