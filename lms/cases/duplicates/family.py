"""A case and those merged into it, which count as one: nothing is moved, so merging is undone by
taking the pointer away."""

from typing import Any

from sqlalchemy import Select, Subquery, literal, select

from lms.cases.models import Case


def family(case_id: int) -> Select[Any]:
    """The ids of the case, of those merged into it, of those merged into these, and so on."""
    ids = select(literal(case_id).label("id")).cte("family", recursive=True)
    ids = ids.union(select(Case.id).join(ids, Case.merged_into_id == ids.c.id))
    return select(ids.c.id)


def kept_cases() -> Subquery:
    """(case_id, kept_id) of every merged case: the one that stays, however often that was merged on
    before. Cases that were not merged are not in it."""
    steps = (
        select(Case.id.label("case_id"), Case.merged_into_id.label("kept_id"))
        .where(Case.merged_into_id.is_not(None))
        .cte("merged", recursive=True)
    )
    further = select(steps.c.case_id, Case.merged_into_id).join(Case, Case.id == steps.c.kept_id)
    steps = steps.union(further.where(Case.merged_into_id.is_not(None)))
    last = select(steps.c.case_id, steps.c.kept_id).join(Case, Case.id == steps.c.kept_id)
    return last.where(Case.merged_into_id.is_(None)).subquery("kept")
