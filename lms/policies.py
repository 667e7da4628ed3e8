"""Policies: named, versioned sets of parameters.

A policy is declared in code with its defaults (core or plugin). Editing one on screen stores a
new version; nothing is overwritten, and each result names the version it was computed under. A
version of a policy that months are read under holds from a month on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ScalarSelect, UniqueConstraint, or_, select

from lms import audit
from lms.clock import Month
from lms.db import Code, Localized, Mapped, Model, Pk, Session, mapped_column
from lms.errors import Conflict, DomainError


class PolicyVersion(Model):
    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("name", "number"),)
    id: Mapped[Pk]
    name: Mapped[Code]
    number: Mapped[int]
    params: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    from_month: Mapped[Month | None]  # None: whatever the month


@dataclass(frozen=True)
class Parameter:
    """One editable number, tick or choice: its default says its type.

    `choice_names`: what the choices are called; one without a name stands for itself.
    """

    name: str
    label: Localized
    default: float | int | bool | str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    choice_names: Mapping[str, Localized] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """A declared policy. `fixed` holds structure that code defines and versions carry along.

    `by_month`: months are read under it, so that HR says from which month on a version holds; ask
    for what is in force in that month.
    """

    name: str
    title: Localized
    parameters: tuple[Parameter, ...]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    by_month: bool = False

    def defaults(self) -> dict[str, Any]:
        return {**self.fixed, **{p.name: p.default for p in self.parameters}}

    def newest(self) -> ScalarSelect[dict[str, Any]]:
        """The parameters in force as part of a query of one's own; null while the defaults hold."""
        return (
            select(PolicyVersion.params)
            .where(PolicyVersion.name == self.name)
            .order_by(PolicyVersion.number.desc())
            .limit(1)
            .scalar_subquery()
        )


@dataclass(frozen=True)
class PolicyInForce:
    name: str
    number: int
    params: Mapping[str, Any]

    def __getitem__(self, parameter: str) -> Any:
        return self.params[parameter]


def in_force(session: Session, policy: Policy, month: Month | None = None) -> PolicyInForce:
    """The latest version, of those that hold in the month if one is named, over the declared
    defaults; version 0 is the defaults themselves."""
    found = select(PolicyVersion).where(PolicyVersion.name == policy.name)
    if month is not None:
        found = found.where(
            or_(PolicyVersion.from_month.is_(None), PolicyVersion.from_month <= month)
        )
    return held_by(policy, session.scalar(found.order_by(PolicyVersion.number.desc()).limit(1)))


def held_by(policy: Policy, latest: PolicyVersion | None) -> PolicyInForce:
    """What the latest version makes of the policy; None: there is none yet."""
    if latest is None:
        return PolicyInForce(policy.name, 0, policy.defaults())
    return PolicyInForce(policy.name, latest.number, {**policy.defaults(), **latest.params})


def at_version(session: Session, policy: Policy, number: int) -> PolicyInForce:
    """The parameters that a result was computed under, by the version number it names."""
    if number == 0:
        return PolicyInForce(policy.name, 0, policy.defaults())
    here = (PolicyVersion.name == policy.name, PolicyVersion.number == number)
    stored = session.scalar(select(PolicyVersion.params).where(*here)) or {}
    return PolicyInForce(policy.name, number, {**policy.defaults(), **stored})


def versions(session: Session, policy: Policy) -> list[PolicyVersion]:
    """Newest first."""
    found = select(PolicyVersion).where(PolicyVersion.name == policy.name)
    return list(session.scalars(found.order_by(PolicyVersion.number.desc())))


def parse(policy: Policy, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values from a form or file; DomainError names the first parameter that is wrong."""
    return {p.name: _value(p, raw.get(p.name)) for p in policy.parameters}


def _value(parameter: Parameter, raw: Any) -> Any:
    if isinstance(parameter.default, bool):
        return raw in (True, "true", "on", "1", "y")
    if isinstance(parameter.default, str):
        if parameter.choices and raw not in parameter.choices:
            raise DomainError("This is not one of the choices.", field=parameter.name)
        return str(raw)
    try:
        number = type(parameter.default)(str(raw).strip())
    except ValueError:
        raise DomainError("This must be a number.", field=parameter.name) from None
    too_low = parameter.low is not None and number < parameter.low
    too_high = parameter.high is not None and number > parameter.high
    if number != number or too_low or too_high:
        raise DomainError(
            "This must be between %(low)s and %(high)s.",
            field=parameter.name,
            low=parameter.low,
            high=parameter.high,
        )
    return number


def save(
    session: Session,
    policy: Policy,
    params: Mapping[str, Any],
    *,
    base_number: int,
    reason: str,
    actor: audit.Actor,
    now: datetime,
    from_month: Month | None = None,
) -> PolicyVersion:
    """Store a new version made from version `base_number`; Conflict if that is no longer latest.

    `from_month`: of a policy by month, the first one in which it holds; None: whatever the month.
    """
    current = in_force(session, policy)
    if current.number != base_number:
        raise Conflict("Somebody saved this policy in the meantime. Look at the new version first.")
    changed = {k: [current.params.get(k), v] for k, v in params.items() if current.params[k] != v}
    if not changed and not _begins_otherwise(session, policy, base_number, from_month):
        raise DomainError("Nothing was changed.")
    version = PolicyVersion(
        name=policy.name,
        number=current.number + 1,
        params={**current.params, **params},
        reason=reason,
        created_by=actor.person_id,
        created_at=now,
        from_month=from_month,
    )
    session.add(version)
    session.flush()
    audit.record(
        session,
        actor,
        "policy.save",
        ("policy", version.id),
        now=now,
        reason=reason,
        policy=policy.name,
        number=version.number,
        changed=changed,
        **({"from_month": str(from_month)} if from_month else {}),
    )
    return version


def _begins_otherwise(
    session: Session, policy: Policy, number: int, from_month: Month | None
) -> bool:
    """Whether the version would hold from another month on than the one it is made from."""
    if not number or from_month is None:
        return False
    here = (PolicyVersion.name == policy.name, PolicyVersion.number == number)
    return session.scalar(select(PolicyVersion.from_month).where(*here)) != from_month
