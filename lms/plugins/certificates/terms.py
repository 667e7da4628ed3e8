"""What completing a programme earns: as the policy says of its kind, or as set for it alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, select

from lms.plugins.api import (
    Actor,
    Localized,
    NotFound,
    PolicyInForce,
    Programme,
    ProgrammeKind,
    ProgrammeVersion,
    Session,
    audit,
    is_latest,
    policies,
)
from lms.plugins.certificates.models import CourseTerms
from lms.plugins.certificates.policy import ISSUING


class Terms(NamedTuple):
    """`months` 0: the certificate has no end."""

    grants: bool
    months: int


class Course(NamedTuple):
    """`own`: `kind`, or `yes` or `no` where it was set for this programme."""

    programme_id: int
    key: str
    kind: str
    title: Localized
    own: str
    terms: Terms


def of(session: Session, programme_id: int) -> Terms:
    """What completing the programme earns now."""
    own = session.get(CourseTerms, programme_id)
    if own is not None:
        return Terms(own.grants, own.months)
    kind = session.get_one(Programme, programme_id).kind
    if kind == ProgrammeKind.DELTA:  # it renews what was earned, and earns nothing by itself
        return Terms(False, 0)
    return _of_kind(policies.in_force(session, ISSUING), kind)


def of_all(session: Session) -> Sequence[Course]:
    """Every programme by its key."""
    policy = policies.in_force(session, ISSUING)
    rows = session.execute(_programmes())
    return [_course(policy, programme, title, own) for programme, title, own in rows]


def named(session: Session, programme_id: int) -> Course:
    row = session.execute(_programmes().where(Programme.id == programme_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such programme.")
    programme, title, own = row
    return _course(policies.in_force(session, ISSUING), programme, title, own)


def change(
    session: Session, programme_id: int, *, own: str, months: int, actor: Actor, now: datetime
) -> None:
    """For what is issued from now on; the same again changes nothing."""
    before = named(session, programme_id)
    stored = session.get(CourseTerms, programme_id)
    if own == "kind":
        if stored is None:
            return
        session.delete(stored)
    else:
        new = Terms(own == "yes", months)
        if stored is not None and Terms(stored.grants, stored.months) == new:
            return
        session.merge(CourseTerms(programme_id=programme_id, grants=new.grants, months=months))
    session.flush()
    audit.record(
        session, actor, "certificates.terms", ("programme", programme_id), now=now,
        programme=before.key, old=[before.own, before.terms.months],
        new=[own, named(session, programme_id).terms.months],
    )  # fmt: skip


def _programmes() -> Select[Programme, Localized, CourseTerms]:
    return (
        select(Programme, ProgrammeVersion.title, CourseTerms)
        .join(ProgrammeVersion, ProgrammeVersion.programme_id == Programme.id)
        .outerjoin(CourseTerms, CourseTerms.programme_id == Programme.id)
        .where(is_latest(), Programme.kind != ProgrammeKind.DELTA)
        .order_by(Programme.key)
    )


def _course(
    policy: PolicyInForce, programme: Programme, title: Localized, own: CourseTerms | None
) -> Course:
    if own is None:
        state, terms = "kind", _of_kind(policy, programme.kind)
    else:
        state, terms = "yes" if own.grants else "no", Terms(own.grants, own.months)
    return Course(programme.id, programme.key, programme.kind, title, state, terms)


def _of_kind(policy: PolicyInForce, kind: str) -> Terms:
    return Terms(policy[f"{kind}_grants"], policy[f"{kind}_months"])
