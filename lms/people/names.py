"""In which state the people's names are: what stands in their order is to be ordered anew after."""

from sqlalchemy import ScalarSelect, select, update

from lms.db import Session
from lms.people.models import Organisation
from lms.people.organisation import organisation


def changes_of_names() -> ScalarSelect[int]:
    """How often somebody known was renamed, renumbered or erased, as part of a statement.

    People who are new change nobody's name.
    """
    return select(Organisation.names_changed).limit(1).scalar_subquery()


def changed(session: Session) -> None:
    """To be said in the transaction in which somebody known gets another name or number.

    Before anything of a person is written: month work locks the organisation's row first, too, and
    then writes rows that refer to people. In another order the two would wait for each other.
    """
    organisation(session)
    session.execute(
        update(Organisation).values(names_changed=Organisation.names_changed + 1),
        execution_options={"synchronize_session": False},
    )
