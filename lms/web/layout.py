"""The frame of every page: navigation by role, unread notices, dates and numbers."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from flask import Flask, current_app
from flask_login import LoginManager
from markupsafe import Markup, escape

from lms.access import Scope, Viewer, viewer, viewer_if_any
from lms.current import the_app, the_request
from lms.i18n import DEFAULT, N_, date_text, locale, moment_text
from lms.i18n import gettext as _
from lms.people import accounts
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import NavItem
from lms.web import tools
from lms.web.lists import here
from lms.web.tools import url_for


class Link(NamedTuple):
    label: str
    url: str
    icon: str
    active: bool
    badge: int
    section: str


def init_app(app: Flask) -> None:
    login = LoginManager(app)
    login.user_loader(accounts.load_user)
    app.jinja_env.globals.update(
        nav_items=nav_items,
        url_exists=url_exists,
        panels=panels,
        here=here,
        may=may,
        viewer=viewer,
    )
    app.extensions["lms_core_links"] = {}
    tools.init_app(app)
    app.jinja_env.filters.update(hundredths=hundredths, day=day, moment=moment, listed=listed)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def hundredths(value: int | None) -> str:
    """9578 as 95.78; a dash where there is no figure."""
    return "–" if value is None else f"{value / 100:.2f}"


def day(value: date | None) -> str:
    return "–" if value is None else date_text(value)


def moment(value: datetime | None) -> str:
    return "–" if value is None else moment_text(value)


def listed(items: Iterable[object], strong: bool = False) -> Markup:
    """An enumeration as the reader's language writes it; `strong` between longer phrases."""
    marks = ("；", "、") if locale() == DEFAULT else ("; ", ", ")
    return Markup(marks[0 if strong else 1]).join(map(escape, items))  # noqa: S704


def may(permission: str) -> bool:
    who = viewer_if_any()
    return who is not None and who.may(permission)


def url_exists(endpoint: str) -> bool:
    """Whether a link there leads anywhere: a plugin's page is not there while it is disabled."""
    owner = current_app.extensions["lms_blueprint_owners"].get(endpoint.rpartition(".")[0])
    known = endpoint in current_app.view_functions
    return known and (owner is None or owner in plugins().enabled())


def panels(place: str, subject: Any = None) -> Markup:
    """What enabled plugins add to a page at a place."""
    groups = plugins().collect(hookspecs.lms_panels, place, subject, viewer())
    found = sorted((p for group in groups for p in group), key=lambda p: p.order)
    return Markup("").join(Markup(p.html) for p in found)  # noqa: S704  from plugins' templates


# The core's own links: permission, least scope, and the item with its label still to translate.
# The months name people, so they are for those who see more than themselves.
_CORE_LINKS = (
    ("", Scope.OWN, NavItem(N_("Today"), "web.home", "home", "learn", 1)),
    ("", Scope.OWN, NavItem(N_("Courses"), "courses.mine", "school", "learn", 20)),
    ("results.view", Scope.OWN, NavItem(N_("My month"), "results.mine", "chart-bar", "learn", 40)),
    ("", Scope.OWN, NavItem(N_("Cases"), "cases.library", "books", "library", 10)),
    ("", Scope.OWN, NavItem(N_("Drills"), "cases.drills", "messages", "library", 20)),
    (
        "drills.score", Scope.OWN,
        NavItem(N_("Scoring"), "cases.queue", "clipboard-check", "library", 30),
    ),
    ("appeals.decide", Scope.OWN, NavItem(N_("Appeals"), "appeals.index", "scale", "library", 40)),
    ("people.view", Scope.OWN, NavItem(N_("People"), "people.index", "users", "team", 10)),
    (
        "people.view", Scope.OWN,
        NavItem(N_("Progress"), "courses.board", "progress-check", "team", 20),
    ),
    (
        "programmes.assign", Scope.OWN,
        NavItem(N_("Assign courses"), "courses.assignable", "users-group", "team", 30),
    ),
    (
        "programmes.author", Scope.OWN,
        NavItem(N_("Programmes"), "courses.programmes", "hierarchy", "team", 28),
    ),
    (
        "sessions.manage", Scope.OWN,
        NavItem(N_("Sessions"), "courses.session_plan", "calendar-event", "team", 25),
    ),
    (
        "people.view", Scope.OWN,
        NavItem(N_("Exceptions"), "courses.exceptions", "flag", "team", 22),
    ),
    (
        "surveys.view", Scope.OWN,
        NavItem(N_("Course feedback"), "courses.surveys", "message-2", "team", 60),
    ),
    (
        "results.view", Scope.TEAM,
        NavItem(N_("Months"), "results.months", "calendar-stats", "results", 10),
    ),
    (
        "results.import", Scope.OWN,
        NavItem(N_("Imports"), "results.imports", "file-import", "results", 20),
    ),
    (
        "policies.edit", Scope.OWN,
        NavItem(N_("Metrics"), "results.metrics", "ruler-measure", "results", 25),
    ),
    ("results.close", Scope.OWN, NavItem(N_("Rules"), "rules.rules", "gavel", "results", 30)),
    (
        "policies.edit", Scope.OWN,
        NavItem(N_("Policies"), "rules.policies", "adjustments", "admin", 10),
    ),
    (
        "people.manage", Scope.OWN,
        NavItem(N_("Working calendar"), "people.calendar", "calendar", "admin", 15),
    ),
    ("plugins.manage", Scope.OWN, NavItem(N_("Plugins"), "rules.plugins", "puzzle", "admin", 20)),
    ("audit.view", Scope.OWN, NavItem(N_("Audit"), "rules.audit_log", "history", "admin", 30)),
)  # fmt: skip
_CORE_PAGES = frozenset(item.endpoint for _permission, _least, item in _CORE_LINKS)
_SECTIONS = ("learn", "library", "team", "results", "admin")


def nav_items() -> tuple[Link, ...]:
    """The links in their sections' order; a plugin may bring a section, which comes last."""
    who = viewer_if_any()
    if who is None:
        return ()
    asked = the_request()
    here = asked.endpoint if asked.endpoint in _CORE_PAGES else None
    key = (asked.root_path, locale(), here, who.roles)
    kept = the_app().extensions["lms_core_links"]
    if key not in kept:
        kept[key] = _core_links(who)
    links = list(kept[key])
    for plugin, group in plugins().collect_named(hookspecs.lms_nav, who):
        with plugins().blaming(plugin, "lms_nav"):  # an endpoint may not be there
            links.extend([(item, _link(item, str(item.label))) for item in group])
    links.sort(key=lambda pair: _place(pair[0]))
    return tuple(link for _, link in links)


def _core_links(who: Viewer) -> list[tuple[NavItem, Link]]:
    """By role alone: none of their permissions can be entrusted."""
    return [
        (item, _link(item, _(item.label)))
        for permission, least, item in _CORE_LINKS
        if not permission or who.scopes.get(permission, 0) >= least
    ]


def _place(item: NavItem) -> tuple[int, int]:
    known = item.section in _SECTIONS
    return _SECTIONS.index(item.section) if known else len(_SECTIONS), item.order


def _link(item: NavItem, label: str) -> Link:
    here = the_request().endpoint == item.endpoint
    return Link(label, url_for(item.endpoint), item.icon, here, item.badge, item.section)
