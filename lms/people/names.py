"""In which state the people's names are: what stands in their order is to be ordered anew after."""

from sqlalchemy import ScalarSelect, func, select

from lms.audit import AuditEntry


def changes_of_names() -> ScalarSelect[int]:
    """How often somebody known was renamed, renumbered or erased, as part of a statement.

    A count, and not the last of them: of two at the same time the first to begin may be the last
    to commit. People who are new change nobody's name.
    """
    changes = AuditEntry.action.in_(("person.edit", "person.erase"))
    return select(func.count(AuditEntry.id)).where(changes).scalar_subquery()
