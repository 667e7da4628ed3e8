"""Trying a plugin's blueprint on an empty app first: a rule cannot be taken back from the real one.

Refused are routes that are taken already, and whatever would act on pages that are not the
plugin's own, because it would go on acting while the plugin is disabled.
"""

import re
from collections.abc import Iterable, Iterator, Set
from functools import lru_cache
from types import SimpleNamespace

from flask import Blueprint, Flask
from werkzeug.routing import Rule

from lms.access import Permission

_UNMARKED = {"public", "signed_in"}
_IMPLICIT = {"HEAD", "OPTIONS"}


def check_blueprint(
    app: Flask, blueprint: Blueprint, permissions: Iterable[Permission]
) -> Set[str]:
    """The names the blueprint and those nested in it will have; ValueError says what is wrong."""
    probe = Flask("lms", static_folder=None)
    probe.url_rule_class = app.url_rule_class
    # Empty, so that it holds what the blueprint adds and nothing else.
    added = SimpleNamespace(filters={}, tests={}, globals={})
    vars(probe)["jinja_env"] = added
    probe.register_blueprint(blueprint)
    names = set(probe.blueprints)
    if taken := names & set(app.blueprints):
        raise ValueError(f"blueprint {sorted(taken)[0]!r} is taken")
    _check_reach(probe)
    for kind, names_added in vars(added).items():
        if replaced := set(names_added) & set(getattr(app.jinja_env, kind)):
            raise ValueError(f"the template {kind} have a {sorted(replaced)[0]!r} already")
    _check_addresses(app, probe)
    known = {permission.name for permission in permissions} | _UNMARKED
    for endpoint, view in probe.view_functions.items():
        asked: str = getattr(view, "access", "signed_in")
        if asked not in known:
            raise ValueError(f"{endpoint} asks for {asked!r}, which nobody declares")
    return names


def _check_reach(probe: Flask) -> None:
    everywhere = {
        "before_app_request": probe.before_request_funcs.get(None),
        "after_app_request": probe.after_request_funcs.get(None),
        "teardown_app_request": probe.teardown_request_funcs.get(None),
        "app_url_value_preprocessor": probe.url_value_preprocessors.get(None),
        "app_url_defaults": probe.url_default_functions.get(None),
        "app_context_processor": probe.template_context_processors[None][
            1:
        ],  # the first is Flask's
        "app_errorhandler": any(probe.error_handler_spec.get(None, {}).values()),
    }
    for name, used in everywhere.items():
        if used:
            raise ValueError(f"{name} reaches the pages of others; register it on the blueprint")


def _check_addresses(app: Flask, probe: Flask) -> None:
    # Kept: werkzeug sorts all rules before it lists them, which it would do for each plugin.
    taken: dict[tuple[str, str], Rule] = app.extensions.setdefault("lms_addresses", {})
    if not taken:
        taken.update(_addresses(app))
    added = dict(_addresses(probe))
    for where, rule in added.items():
        if where in taken:
            raise ValueError(f"{rule.rule} is the address of {taken[where].endpoint} already")
    taken.update(added)


def _addresses(app: Flask) -> Iterator[tuple[tuple[str, str], Rule]]:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - _IMPLICIT:
            yield (_address(rule.rule), method), rule


@lru_cache(maxsize=4096)
def _address(rule: str) -> str:
    return re.sub(r"<[^>]*>", "<>", rule).rstrip("/")
