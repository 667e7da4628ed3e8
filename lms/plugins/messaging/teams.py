"""A team's chat: the address of a robot in it, and which notices go there."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from lms.plugins.api import (
    Actor,
    Conflict,
    DomainError,
    NotFound,
    NoticeKind,
    Scope,
    Session,
    Team,
    Viewer,
    access,
    audit,
    notice_kinds,
)
from lms.plugins.messaging.addresses import retire
from lms.plugins.messaging.admin import queue_test
from lms.plugins.messaging.known import Known
from lms.plugins.messaging.models import Address, TeamKind

PERMISSION = "messaging.team"


class Chat(NamedTuple):
    """An address in use with the kinds that go there."""

    address: Address
    kinds: frozenset[str]


def offered() -> Mapping[str, NoticeKind]:
    """The kinds that concern a whole team."""
    return {name: kind for name, kind in notice_kinds().items() if kind.is_for_team}


def may_set(viewer: Viewer, team_id: int) -> bool:
    scope = viewer.scopes.get(PERMISSION)
    return scope is Scope.ALL or (scope is Scope.TEAM and team_id in viewer.team_ids)


def reachable(session: Session, viewer: Viewer) -> Sequence[Team]:
    """Teams whose chat the viewer may set up."""
    wanted = select(Team).order_by(Team.name)
    if viewer.scopes.get(PERMISSION) is not Scope.ALL:
        wanted = wanted.where(Team.id.in_(viewer.team_ids))
    return session.scalars(wanted).all()


def of_supervisor(session: Session, viewer: Viewer) -> Sequence[Team]:
    """Their own teams; no query for anybody else."""
    if access.SUPERVISOR not in viewer.roles or not viewer.team_ids:
        return []
    own = select(Team).where(Team.id.in_(viewer.team_ids)).order_by(Team.name)
    return session.scalars(own).all()


def chats(session: Session, team_ids: Collection[int]) -> dict[int, dict[str, Chat]]:
    """By team and channel; one query."""
    rows = session.execute(
        select(Address, TeamKind.kind)
        .outerjoin(TeamKind, TeamKind.address_id == Address.id)
        .where(Address.team_id.in_(team_ids), Address.removed_at.is_(None))
        .order_by(Address.id)
    )
    kinds: dict[Address, set[str]] = {}
    for address, kind in rows:
        kinds.setdefault(address, set()).update([kind] if kind else [])
    found: dict[int, dict[str, Chat]] = {}
    for address, wanted in kinds.items():
        chat = Chat(address, frozenset(wanted))
        found.setdefault(address.team_id or 0, {})[address.channel] = chat
    return found


def save(
    session: Session,
    team: Team,
    to: Known,
    raw: str,
    kinds: Collection[str],
    *,
    locale: str,
    actor: Actor,
    now: datetime,
) -> Address:
    """The team's chat on this channel, and what goes there. An empty `raw` keeps the address."""
    held = _in_use(session, team.id, to.name)
    wanted = {name for name in offered() if name in kinds}
    if not wanted:
        raise DomainError("Choose at least one kind of notice.", field="kinds")
    if raw.strip() or held is None:
        held = _changed(session, held, team, to, raw, now)
    held.locale = locale
    # Two who save at once: the second replaces what the first has chosen.
    session.execute(select(Address.id).where(Address.id == held.id).with_for_update())
    session.execute(delete(TeamKind).where(TeamKind.address_id == held.id))
    session.add_all(TeamKind(address_id=held.id, kind=kind) for kind in sorted(wanted))
    subject = ("messaging_address", held.id)
    audit.record(
        session, actor, "messaging.team_chat", subject, now=now, team=team.id, channel=to.name,
        kinds=sorted(wanted),
    )  # fmt: skip
    return held


def _changed(
    session: Session, held: Address | None, team: Team, to: Known, raw: str, now: datetime
) -> Address:
    if to.problem:
        raise DomainError("This way is not set up yet.", field="address")
    if not raw.strip():
        raise DomainError("Enter the address.", field="address")
    address = to.channel.check_address(raw, to.settings)
    if held is not None and held.address == address:
        return held
    if held is not None:
        retire(session, held, now)
    found = Address(
        team_id=team.id, channel=to.name, address=address, created_at=now, confirmed_at=now
    )
    session.add(found)
    try:
        session.flush()
    except IntegrityError:
        session.rollback()
        raise Conflict("This chat was changed in the meantime.", field="address") from None
    return found


def remove(session: Session, team_id: int, channel: str, *, actor: Actor, now: datetime) -> None:
    """Nothing is sent there any more. Safe to repeat."""
    held = _in_use(session, team_id, channel)
    if held is None:
        return
    retire(session, held, now)
    subject = ("messaging_address", held.id)
    audit.record(
        session, actor, "messaging.team_chat_remove", subject, now=now, team=team_id,
        channel=channel,
    )  # fmt: skip


def send_test(session: Session, team_id: int, channel: str, *, actor: Actor, now: datetime) -> None:
    """One that still waits is enough."""
    held = _in_use(session, team_id, channel)
    if held is None:
        raise NotFound("There is no such address any more.")
    if not queue_test(session, held, now):
        return
    subject = ("messaging_address", held.id)
    audit.record(session, actor, "messaging.test", subject, now=now, channel=channel)


def _in_use(session: Session, team_id: int, channel: str) -> Address | None:
    here = (Address.team_id == team_id, Address.channel == channel)
    return session.scalar(select(Address).where(*here, Address.removed_at.is_(None)))
