"""The running app, its `g` and the request themselves, rather than Flask's proxies of them.

Each look through a proxy takes most of a microsecond, and a page made three hundred. For what
pages ask by the dozen; elsewhere Flask's own names read better. Outside a context they raise
RuntimeError, as the proxies do.
"""

from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Request, current_app, g, request


def _behind(proxy: Any) -> Callable[[], Any]:
    return cast(Callable[[], Any], proxy._get_current_object)


the_app: Callable[[], Flask] = _behind(current_app)
the_g: Callable[[], Any] = _behind(g)
the_request: Callable[[], Request] = _behind(request)
