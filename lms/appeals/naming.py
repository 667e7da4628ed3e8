"""After an appeal was upheld: where everybody who could score anew took part, an admin names
somebody, who gets the role for it. Otherwise it would wait until somebody thinks of that."""

from datetime import datetime

from lms.access import QUALITY, Scope, permissions
from lms.appeals import telling
from lms.appeals.kinds import kinds
from lms.appeals.models import Appeal, AppealState
from lms.audit import Actor
from lms.db import Session
from lms.errors import Conflict, DomainError
from lms.people.finding import find_person
from lms.people.models import Person
from lms.people.roles import add_role, people_with


def waits(session: Session, appeal: Appeal) -> bool:
    """Whether it was upheld and its outcome is not there yet."""
    appealable = kinds().get(appeal.kind)
    if appeal.state != AppealState.UPHELD or appealable is None:
        return False
    subject = appealable.find(session, appeal.subject_id)
    return subject is not None and subject.final_at is None


def nobody_is_left(session: Session, appeal: Appeal) -> bool:
    """Whether it waits to be scored anew, and nobody's roles let them do it."""
    grants = _grants(appeal)
    if QUALITY not in grants or not waits(session, appeal):
        return False
    able = {one for role in grants for one in people_with(session, role)}
    return able <= _apart(session, appeal)


def name(session: Session, appeal: Appeal, typed: str, *, actor: Actor, now: datetime) -> Person:
    """Makes somebody (by staff number or name) a quality specialist and tells them where to score.

    DomainError for who took part; Conflict when nobody need be named any more.
    """
    if not nobody_is_left(session, appeal):
        raise Conflict("Somebody can score it anew already: nobody needs to be named.")
    person = find_person(session, typed, field="rater")
    if person.id in _apart(session, appeal):
        raise DomainError(
            "%(name)s took part in what is appealed against: name somebody else.",
            field="rater", name=person.name,
        )  # fmt: skip
    add_role(session, person, QUALITY, actor=actor, now=now)
    telling.of_naming(session, appeal, person.id, now)
    return person


def _grants(appeal: Appeal) -> set[str]:
    """The roles that score what it is about, for everybody."""
    appealable = kinds().get(appeal.kind)
    if appealable is None:
        return set()
    granted = permissions()[appealable.permission].grants
    return {role for role, scope in granted.items() if scope is Scope.ALL}


def _apart(session: Session, appeal: Appeal) -> set[int]:
    subject = kinds()[appeal.kind].find(session, appeal.subject_id)
    return {appeal.person_id, *(subject.involved if subject else ())}
