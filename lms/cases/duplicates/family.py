"""A case and those merged into it, which count as one: nothing is moved, so merging is undone by
taking the pointer away."""

from typing import Any

from sqlalchemy import Select, literal, select

from lms.cases.models import Case


def family(case_id: int) -> Select[Any]:
    """The ids of the case, of those merged into it, of those merged into these, and so on."""
    ids = select(literal(case_id).label("id")).cte("family", recursive=True)
    ids = ids.union(select(Case.id).join(ids, Case.merged_into_id == ids.c.id))
    return select(ids.c.id)
