"""What templates call a hundred times a page, made once and kept: addresses, icons, the frame."""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any, cast

import flask
from flask import Flask, current_app
from markupsafe import Markup

from lms.current import the_app, the_request
from lms.i18n import locale
from lms.web.plots import plot_of
from lms.web.small_plots import segments_of, spark_of

_ICONS = "vendor/tabler-icons-3.51.0.svg"


class Tools:
    """Of one app; what is kept is kept by where the app is mounted, which is in every address."""

    def __init__(self) -> None:
        self._built = lru_cache(maxsize=8192)(_build)
        self._drawn = lru_cache(maxsize=2048)(self._draw)
        self._rendered = lru_cache(maxsize=512)(self._render)

    def url_for(self, endpoint: str, **values: object) -> str:
        """As Flask's, for addresses on this site."""
        for value in values.values():
            if type(value) not in (str, int):
                return flask.url_for(endpoint, **values)  # type: ignore[arg-type]
        if endpoint[0] == "." or "_external" in values:
            return flask.url_for(endpoint, **values)  # type: ignore[arg-type]
        return self._built(the_request().root_path, endpoint, tuple(values.items()))

    def asset(self, name: str, endpoint: str = "static") -> str:
        """A static file's URL that changes with the release, so that it is cached for a year."""
        from lms import __version__

        return self.url_for(endpoint, filename=name, v=__version__)

    def icon(self, name: str, classes: str = "", title: str | None = None) -> Markup:
        """A name from ICON_NAMES in scripts/vendor_assets.py. Decorative unless titled."""
        return self._drawn(the_request().root_path, name, classes, title)

    def part(self, name: str, items: Hashable = None) -> Markup:
        """A part of the frame that shows nothing but `items`, in the reader's language; kept."""
        return self._rendered(the_request().root_path, locale(), name, items)

    def _render(self, _root: str, _locale: str, name: str, items: Hashable) -> Markup:
        text = current_app.jinja_env.get_template(name).render(items=items)
        return Markup(text)  # noqa: S704  from our templates

    def _draw(self, _root: str, name: str, classes: str, title: str | None) -> Markup:
        said = Markup('aria-hidden="true"')
        if title:
            said = Markup('role="img" aria-label="{}"').format(title)
        return Markup(
            '<svg class="icon {}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
            'stroke-linecap="round" stroke-linejoin="round" {}><use href="{}#{}"/></svg>'
        ).format(classes, said, self.asset(_ICONS), name)


def _build(_root: str, endpoint: str, values: tuple[tuple[str, object], ...]) -> str:
    return flask.url_for(endpoint, **dict(values))  # type: ignore[arg-type]


class _Macros:
    """The macros of ui.html as `ui`, compiled at first use: an import in each of a page's ten
    templates costs as much as the page's queries."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        module = self._app.jinja_env.get_template("ui.html").module
        vars(self).update((k, v) for k, v in vars(module).items() if not k.startswith("_"))
        return vars(self)[name]


def init_app(app: Flask) -> None:
    tools = app.extensions["lms_tools"] = Tools()
    app.jinja_env.globals.update(
        url_for=tools.url_for, asset=tools.asset, icon=tools.icon, part=tools.part, ui=_Macros(app),
        plot_of=plot_of, spark_of=spark_of, segments_of=segments_of,
    )  # fmt: skip


def url_for(endpoint: str, **values: object) -> str:
    """The same as in templates."""
    return cast(Tools, the_app().extensions["lms_tools"]).url_for(endpoint, **values)
