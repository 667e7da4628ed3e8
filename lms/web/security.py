"""CSRF, rate limits, security headers, and the read or write mode of a request."""

from typing import cast

from flask import Flask, Response, abort, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.current import the_g
from lms.db import reading
from lms.plugins.manager import plugins

csrf = CSRFProtect()
limiter = Limiter(get_remote_address)

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "style-src 'self'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

# No view says any of these.
_FIXED = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)


def init_app(app: Flask) -> None:
    settings = app.extensions["lms_settings"]
    app.config["RATELIMIT_ENABLED"] = settings.rate_limits
    app.config["RATELIMIT_STORAGE_URI"] = settings.rate_limit_storage
    if settings.trusted_proxies:
        # Else everybody behind the proxy would share one address, and its limits.
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    app.before_request(_choose_mode)
    csrf.init_app(app)
    app.jinja_env.globals["csrf_token"] = _csrf_token
    app.context_processor(lambda: {"csrf_token": _csrf_token})
    limiter.init_app(app)
    app.after_request(_headers)


def _csrf_token() -> str:
    """Flask-WTF's, from where it keeps the request's: it would look at its settings anew for each
    form of a page."""
    return the_g().get("csrf_token") or cast(str, generate_csrf())


def _choose_mode() -> None:
    reading.set(request.method in {"GET", "HEAD", "OPTIONS"})


def hide_disabled_plugins() -> None:
    """The routes of a disabled plugin are not there."""
    owner = current_app.extensions["lms_blueprint_owners"].get(request.blueprint)
    if owner is not None and owner not in plugins().enabled():
        abort(404)


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY)
    headers.setdefault("X-Frame-Options", "DENY")
    for name, value in _FIXED:
        headers.add(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static" and "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response
