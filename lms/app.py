"""The application factory."""

from importlib import import_module
from pathlib import Path

import click
from flask import Blueprint, Flask
from sqlalchemy.orm import configure_mappers

from lms import access, i18n, web
from lms.clock import Clock, SystemClock
from lms.config import Settings
from lms.db import db, engine_options
from lms.jobs import Job
from lms.plugins import hookspecs
from lms.plugins.health import watch_pages, write_failures
from lms.plugins.manager import PluginManager
from lms.plugins.probing import check_blueprint
from lms.plugins.settings import check_setting
from lms.plugins.timing import write_timings
from lms.plugins.types import StepType
from lms.policies import Policy
from lms.web import logs
from lms.web.routing import LazyRule
from lms.web.templating import FlatEnvironment

# Each has `models`, and may have `views` (a blueprint `bp`), `POLICIES` and `JOBS` in `registry`.
DOMAINS = ("people", "uploads", "courses", "cases", "appeals", "results", "rules", "setup")


def create_app(
    settings: Settings | None = None, clock: Clock | None = None, *, pages: bool = True
) -> Flask:
    """The application. Without `pages` no domain's or plugin's routes are mounted: for commands."""
    logs.configure()  # first: what goes wrong from here on must not end up in a command's output
    settings = settings or Settings.from_environment()
    app = Flask("lms", instance_path=str(settings.home))
    app.url_rule_class, app.jinja_environment = LazyRule, FlatEnvironment
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_NAME="lms_session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
    )
    settings.home.mkdir(parents=True, exist_ok=True)
    app.secret_key = settings.signing_key()
    app.extensions["lms_settings"] = settings
    app.extensions["lms_clock"] = clock or SystemClock()

    # Registered first, so they run after the session's end.
    app.teardown_appcontext(write_timings)
    app.teardown_appcontext(write_failures)
    db.init_app(app)
    manager = app.extensions["lms_plugins"] = PluginManager(settings)
    for domain in DOMAINS:
        import_module(f"lms.{domain}.models")
    for domain in DOMAINS:
        # The tables of a domain's parts too: one that first comes with a plugin is taken for its.
        import_module(f"lms.{domain}.registry")
    import_module("lms.audit")
    configure_mappers()
    manager.load_all()

    _register_permissions(app, manager)
    _register_parts(app, manager)
    i18n.init_app(app, _gettext_domains(app, manager))
    app.extensions["lms_blueprint_owners"] = {}
    if pages:
        web.init_app(app)
        _register_blueprints(app, manager)
        watch_pages(app)
    _register_commands(app, manager)
    return app


def _register_permissions(app: Flask, manager: PluginManager) -> None:
    known = {p.name: p for p in access.CORE_PERMISSIONS}
    app.extensions["lms_permissions"] = known
    app.extensions["lms_scopes"] = {}

    def add(plugin: str, permission: access.Permission) -> None:
        if not permission.name.startswith(f"{plugin}.") or permission.name in known:
            raise ValueError(f"permission {permission.name!r} must be named {plugin}.…, once")
        known[permission.name] = permission

    manager.setup(hookspecs.lms_permissions, add)


def _register_parts(app: Flask, manager: PluginManager) -> None:
    policies: dict[str, Policy] = {}
    jobs: dict[str, Job] = {}
    step_types: dict[str, StepType] = {}
    for domain in DOMAINS:
        registry = import_module(f"lms.{domain}.registry")
        policies.update({p.name: p for p in registry.POLICIES})
        jobs.update({j.name: j for j in registry.JOBS})
        step_types.update({t.kind: t for t in registry.STEP_TYPES})
    app.extensions["lms_core_policies"] = list(policies.values())
    app.extensions["lms_core_jobs"] = list(jobs.values())
    app.extensions["lms_core_step_types"] = list(step_types.values())

    def unique(taken: set[str], what: str, name: str) -> None:
        if name in taken:
            raise ValueError(f"{what} {name!r} is taken")
        taken.add(name)

    policy_names, job_names, step_kinds = set(policies), set(jobs), set(step_types)
    rule_names, settings = set[str](), set[tuple[str, str]]()
    channels = set[str]()
    appealables = {appealable.kind for appealable in import_module("lms.appeals.kinds").CORE}
    manager.setup(hookspecs.lms_settings, lambda p, s: check_setting(p, s, settings))
    manager.setup(hookspecs.lms_policies, lambda _, p: unique(policy_names, "policy", p.name))
    manager.setup(hookspecs.lms_jobs, lambda _, j: unique(job_names, "job", j.name))
    manager.setup(hookspecs.lms_step_types, lambda _, t: unique(step_kinds, "step type", t.kind))
    manager.setup(hookspecs.lms_rules, lambda _, r: unique(rule_names, "rule", r.name))
    manager.setup(hookspecs.lms_appealables, lambda _, a: unique(appealables, "appeal", a.kind))
    manager.setup(hookspecs.lms_channels, lambda _, c: unique(channels, "channel", c.name))
    manager.setup(hookspecs.lms_content_loaders, lambda _, loader: None)


def _register_blueprints(app: Flask, manager: PluginManager) -> None:
    for domain in DOMAINS:
        app.register_blueprint(import_module(f"lms.{domain}.views").bp)
    owners: dict[str, str] = app.extensions["lms_blueprint_owners"]

    def mount(plugin: str, blueprint: Blueprint) -> None:
        known = app.extensions["lms_permissions"].values()
        # Owned before it is mounted: should that fail half-way, its routes answer 404.
        owners.update(dict.fromkeys(check_blueprint(app, blueprint, known), plugin))
        app.register_blueprint(blueprint)

    manager.setup(hookspecs.lms_blueprints, mount)


def _register_commands(app: Flask, manager: PluginManager) -> None:
    owners: dict[str, str] = {}
    app.extensions["lms_command_owners"] = owners

    def add(plugin: str, command: click.Command) -> None:
        name = command.name or ""
        if name in app.cli.commands or name in owners:
            raise ValueError(f"command {name!r} is taken")
        app.cli.add_command(command)
        owners[name] = plugin

    manager.setup(hookspecs.lms_commands, add)


def _gettext_domains(app: Flask, manager: PluginManager) -> list[tuple[str, str]]:
    found = [
        (name, str(folder))
        for name, plugin in manager.loaded.items()
        if (folder := plugin.folder_of("translations"))
    ]
    return [*found, ("messages", str(Path(app.root_path) / "translations"))]
