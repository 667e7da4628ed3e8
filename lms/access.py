"""Roles, permissions and scopes; every route says who may open it, and the default is nobody new.

A role is a set of permissions, each with a scope: one's own, one's team's, everybody's. Views check
the permission by decorator and the object by `Viewer.covers`; lists filter by `Viewer.clause`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from flask import abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import ColumnElement, false, or_, true

from lms.current import the_app, the_g
from lms.db import Localized

if TYPE_CHECKING:
    from lms.people.models import Person

P = ParamSpec("P")
R = TypeVar("R")

EMPLOYEE, TRAINER, TRAINING_MANAGER = "employee", "trainer", "training_manager"
SUPERVISOR, QUALITY, HR, ADMIN = "supervisor", "quality", "hr", "admin"

ROLES: Mapping[str, Localized] = {
    EMPLOYEE: Localized("员工", "Employee"),
    TRAINER: Localized("培训师", "Trainer"),
    TRAINING_MANAGER: Localized("培训主管", "Training manager"),
    SUPERVISOR: Localized("客服主管", "Supervisor"),
    QUALITY: Localized("品控专员", "Quality specialist"),
    HR: Localized("人事", "HR"),
    ADMIN: Localized("管理员", "Admin"),
}


class Scope(IntEnum):
    OWN = 1
    TEAM = 2
    ALL = 3


@dataclass(frozen=True)
class Permission:
    """What may be done, and which roles may do it to whom.

    One that `can_be_entrusted` a plugin may give, for single people, to somebody whose roles do not
    grant it (the hook `lms_entrusted`): a mentor signs the checklists of their own mentees.
    """

    name: str
    label: Localized
    grants: Mapping[str, Scope]
    can_be_entrusted: bool = False


def _own(**others: Scope) -> Mapping[str, Scope]:
    return {EMPLOYEE: Scope.OWN, **others}


def _all(*roles: str) -> Mapping[str, Scope]:
    return dict.fromkeys(roles, Scope.ALL)


CORE_PERMISSIONS: tuple[Permission, ...] = (
    Permission(
        "people.view",
        Localized("查看人员", "See people"),
        {SUPERVISOR: Scope.TEAM, **_all(HR, ADMIN, TRAINER, TRAINING_MANAGER)},
    ),
    Permission("people.manage", Localized("管理人员", "Manage people"), _all(HR, ADMIN)),
    Permission("roles.manage", Localized("管理角色", "Manage roles"), _all(ADMIN)),
    Permission(
        "progress.view",
        Localized("查看学习进度", "See learning progress"),
        _own(
            supervisor=Scope.TEAM,
            hr=Scope.ALL,
            admin=Scope.ALL,
            trainer=Scope.ALL,
            training_manager=Scope.ALL,
        ),
    ),
    Permission(
        "steps.signoff",
        Localized("签核学习步骤", "Sign off steps"),
        {SUPERVISOR: Scope.TEAM, **_all(TRAINER, TRAINING_MANAGER)},
        can_be_entrusted=True,
    ),
    Permission(
        "gaps.assign",
        Localized("查看团队短板并安排课程", "See a team's skill gaps and assign courses for them"),
        {SUPERVISOR: Scope.TEAM, **_all(TRAINER, TRAINING_MANAGER, HR)},
    ),
    Permission(
        "programmes.assign",
        Localized("按条件分配课程", "Assign courses by rule"),
        _all(TRAINER, TRAINING_MANAGER, HR),
    ),
    Permission(
        "programmes.author",
        Localized("编写培养计划", "Write programmes"),
        _all(TRAINER, TRAINING_MANAGER),
    ),
    Permission(
        "sessions.manage",
        Localized("安排培训场次", "Plan sessions"),
        _all(TRAINER, TRAINING_MANAGER),
    ),
    Permission(
        "extensions.decide",
        Localized("审批延期", "Decide on extensions"),
        {SUPERVISOR: Scope.TEAM, **_all(HR)},
    ),
    Permission(
        "surveys.view",
        Localized("查看课程反馈", "See course feedback"),
        _all(TRAINER, TRAINING_MANAGER, HR),
    ),
    Permission("clearance.override", Localized("特批上岗", "Override clearance"), _all(HR)),
    Permission(
        "results.view",
        Localized("查看月度结果", "See results"),
        _own(supervisor=Scope.TEAM, hr=Scope.ALL),
    ),
    Permission("results.import", Localized("导入数据", "Import figures"), _all(HR)),
    Permission("results.close", Localized("月度结账", "Close months"), _all(HR)),
    Permission("policies.edit", Localized("编辑规则参数", "Edit policies"), _all(HR, ADMIN)),
    Permission("audit.view", Localized("查看审计日志", "See the audit log"), _all(ADMIN)),
    Permission("plugins.manage", Localized("管理插件", "Manage plugins"), _all(ADMIN)),
    Permission(
        "cases.author",
        Localized("编写与评审案例", "Write and review cases"),
        _all(TRAINER, TRAINING_MANAGER),
    ),
    Permission(
        "drills.host",
        Localized("主持实时演练", "Hold live drills"),
        _all(TRAINER, TRAINING_MANAGER),
    ),
    Permission(
        "appeals.decide",
        Localized("裁定申诉", "Decide on appeals"),
        _all(TRAINER, TRAINING_MANAGER, QUALITY, HR),
    ),
    Permission(
        "raters.calibrate",
        Localized("校准评分人", "Calibrate raters"),
        _all(TRAINING_MANAGER, QUALITY),
    ),
    Permission(
        "drills.score",
        Localized("演练评分", "Score drills"),
        _all(TRAINER, TRAINING_MANAGER, QUALITY),
    ),
)


Entrusted = Callable[[str], frozenset[int]]


def _nobody(_permission: str) -> frozenset[int]:
    return frozenset()


@dataclass(frozen=True)
class Viewer:
    """The signed-in person with what they may do, loaded once per request.

    `entrusted` names the people for whom they may use a permission besides those their roles reach.
    """

    person_id: int
    roles: frozenset[str]
    team_ids: frozenset[int]
    scopes: Mapping[str, Scope]
    entrusted: Entrusted = field(default=_nobody, compare=False, repr=False)

    def may(self, permission: str, scope: Scope = Scope.OWN) -> bool:
        if self.scopes.get(permission, 0) >= scope:
            return True
        return scope is Scope.OWN and bool(self.entrusted(permission))

    def covers(self, permission: str, person: "Person") -> bool:
        """Whether the permission reaches this person."""
        return self._reaches(permission, person) or person.id in self.entrusted(permission)

    def _reaches(self, permission: str, person: "Person") -> bool:
        scope = self.scopes.get(permission)
        if scope is None:
            return False
        if scope is Scope.ALL or (person.id == self.person_id and scope is Scope.OWN):
            return True
        if person.id == self.person_id and "employee" in self._roles_granting(permission):
            return True
        return scope is Scope.TEAM and person.team_id in self.team_ids

    def clause(self, permission: str) -> ColumnElement[bool]:
        """The same as `covers`, as a condition on `Person`."""
        from lms.people.models import Person

        scope = self.scopes.get(permission)
        if scope is Scope.ALL:
            return true()
        others = self.entrusted(permission)
        within = self._within(permission)
        return or_(within, Person.id.in_(others)) if others else within

    def _within(self, permission: str) -> ColumnElement[bool]:
        from lms.people.models import Person

        scope = self.scopes.get(permission)
        if scope is None:
            return false()
        own = Person.id == self.person_id
        if scope is Scope.OWN:
            return own
        team = Person.team_id.in_(self.team_ids)
        return or_(team, own) if EMPLOYEE in self._roles_granting(permission) else team

    def _roles_granting(self, permission: str) -> Iterable[str]:
        return permissions()[permission].grants


def permissions() -> Mapping[str, Permission]:
    """All declared permissions by name, the plugins' included."""
    return cast(Mapping[str, Permission], the_app().extensions["lms_permissions"])


def viewer_of(
    person: "Person",
    assigned: Sequence[tuple[str, int | None]],
    entrusted: Entrusted = _nobody,
) -> Viewer:
    """The person as a viewer; `assigned` holds their roles, each with the team it is for."""
    roles = frozenset({EMPLOYEE, *(role for role, _ in assigned)})
    teams = {team_id or person.team_id for role, team_id in assigned if role == SUPERVISOR}
    team_ids = frozenset(team_id for team_id in teams if team_id is not None)
    return Viewer(person.id, roles, team_ids, _scopes(roles), entrusted)


def _scopes(roles: frozenset[str]) -> Mapping[str, Scope]:
    """Worked out once for each set of roles."""
    kept = cast(dict[frozenset[str], Mapping[str, Scope]], the_app().extensions["lms_scopes"])
    if roles not in kept:
        scopes: dict[str, Scope] = {}
        for permission in permissions().values():
            granted = [scope for role, scope in permission.grants.items() if role in roles]
            if granted:
                scopes[permission.name] = max(granted)
        kept[roles] = MappingProxyType(scopes)
    return kept[roles]


def _entrusted_to(person_id: int) -> Entrusted:
    """Asks the plugins when a role does not settle the matter, once for each permission."""
    from lms.plugins import hookspecs
    from lms.plugins.manager import plugins

    known, kept = permissions(), dict[str, frozenset[int]]()

    def ask(permission: str) -> frozenset[int]:
        if not known[permission].can_be_entrusted:
            return frozenset()
        if permission not in kept:
            answers = plugins().collect(hookspecs.lms_entrusted, person_id, permission)
            kept[permission] = frozenset(other for answer in answers for other in answer)
        return kept[permission] - {person_id}

    return ask


def viewer() -> Viewer:
    """The viewer of this request; 401 when nobody is signed in."""
    return viewer_if_any() or abort(401)


def viewer_if_any() -> Viewer | None:
    """The viewer of this request; None when nobody is signed in."""
    kept = the_g()
    known = kept.get("viewer")
    if known is None and current_user.is_authenticated:
        me = current_user.known
        known = kept.viewer = viewer_of(me, current_user.roles, _entrusted_to(me.id))
    return cast(Viewer | None, known)


def requires(permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The view is for people who hold the permission in any scope; check the object inside."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view.access = permission  # type: ignore[attr-defined]
        return view

    return mark


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """The view is for everybody signed in, and shows them their own things only."""
    view.access = "signed_in"  # type: ignore[attr-defined]
    return view


def public(view: Callable[P, R]) -> Callable[P, R]:
    """The view is for anybody at all."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def declared_access(endpoint: str) -> str:
    """What a route asks for; a view that says nothing asks for a signed-in person."""
    if endpoint.rpartition(".")[2] == "static":
        return "public"
    return getattr(current_app.view_functions[endpoint], "access", "signed_in")


def guard() -> ResponseReturnValue | None:
    """Before every request: the route's declared access is held, or the request ends here."""
    if request.endpoint is None:
        return None
    access = declared_access(request.endpoint)
    if access == "public":
        return None
    who = viewer()
    if access != "signed_in" and not who.may(access):
        abort(403)
    return None


def require(permission: str, person: "Person | None") -> "Person":
    """The person, if the permission reaches them; 404 for nobody, 403 out of scope."""
    if person is None:
        abort(404)
    if not viewer().covers(permission, person):
        abort(403)
    return person
