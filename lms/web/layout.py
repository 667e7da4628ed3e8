"""The frame of every page: navigation by role, unread notices, dates and numbers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import format_date, format_datetime
from flask_babel import gettext as _
from flask_login import LoginManager, current_user
from markupsafe import Markup

from lms.access import Scope, Viewer, viewer
from lms.db import db
from lms.people import accounts, notices
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import NavItem


@dataclass(frozen=True)
class Link:
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
        unread_count=unread_count,
        url_exists=url_exists,
        panels=panels,
        may=may,
        viewer=viewer,
        asset=asset,
    )
    app.jinja_env.filters.update(hundredths=hundredths, day=day, moment=moment)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def hundredths(value: int | None) -> str:
    """9578 as 95.78; a dash where there is no figure."""
    return "–" if value is None else f"{value / 100:.2f}"


def day(value: date | None) -> str:
    return "–" if value is None else str(format_date(value, "medium"))


def moment(value: datetime | None) -> str:
    return "–" if value is None else str(format_datetime(value, "short"))


def asset(name: str, endpoint: str = "static") -> str:
    """A static file's URL that changes with the release, so that it may be cached for a year."""
    from lms import __version__

    return url_for(endpoint, filename=name, v=__version__)


def may(permission: str) -> bool:
    return bool(current_user.is_authenticated) and viewer().may(permission)


def unread_count() -> int:
    if "unread" not in g:
        g.unread = notices.unread(db.session(), viewer().person_id)
    return int(g.unread)


def url_exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def panels(place: str, subject: Any = None) -> Markup:
    """What enabled plugins add to a page at a place."""
    groups = plugins().collect(hookspecs.lms_panels, place, subject, viewer())
    found = sorted((p for group in groups for p in group), key=lambda p: p.order)
    return Markup("").join(Markup(p.html) for p in found)  # noqa: S704  from plugins' templates


def core_links(who: Viewer) -> list[NavItem]:
    """The core's own links; the sections come in the order learn, library, team, results, admin."""
    every = [
        ("", NavItem(_("Today"), "web.home", "home", "learn", 1)),
        ("", NavItem(_("Courses"), "courses.mine", "school", "learn", 20)),
        ("results.view", NavItem(_("My month"), "results.mine", "chart-bar", "learn", 40)),
        ("", NavItem(_("Cases"), "cases.library", "books", "library", 10)),
        ("", NavItem(_("Drills"), "cases.drills", "messages", "library", 20)),
        ("drills.score", NavItem(_("Scoring"), "cases.queue", "clipboard-check", "library", 30)),
        ("people.view", NavItem(_("People"), "people.index", "users", "team", 10)),
        ("people.view", NavItem(_("Progress"), "courses.board", "progress-check", "team", 20)),
        ("results.view", NavItem(_("Months"), "results.months", "calendar-stats", "results", 10)),
        ("results.import", NavItem(_("Imports"), "results.imports", "file-import", "results", 20)),
        ("policies.edit", NavItem(_("Policies"), "rules.policies", "adjustments", "admin", 10)),
        ("plugins.manage", NavItem(_("Plugins"), "rules.plugins", "puzzle", "admin", 20)),
        ("audit.view", NavItem(_("Audit"), "rules.audit_log", "history", "admin", 30)),
    ]
    # The months name people, so they are for those who see more than themselves.
    least = {"results.months": Scope.TEAM}
    return [
        item
        for permission, item in every
        if not permission or who.may(permission, least.get(item.endpoint, Scope.OWN))
    ]


def nav_items() -> list[Link]:
    if not current_user.is_authenticated:
        return []
    who = viewer()
    order = ("learn", "library", "team", "results", "admin")
    links = [(item, _link(item)) for item in core_links(who)]
    for plugin, group in plugins().collect_named(hookspecs.lms_nav, who):
        with plugins().blaming(plugin, "lms_nav"):  # an endpoint may not be there
            links.extend([(item, _link(item)) for item in group])
    links.sort(key=lambda pair: _place(order, pair[0]))
    return [link for _, link in links]


def _place(order: tuple[str, ...], item: NavItem) -> tuple[int, int]:
    return order.index(item.section) if item.section in order else len(order), item.order


def _link(item: NavItem) -> Link:
    here = request.endpoint == item.endpoint
    return Link(item.label, url_for(item.endpoint), item.icon, here, item.badge, item.section)
