"""What every page shares: sign-in, CSRF, headers, limits, errors, navigation."""

from flask import Flask

from lms import access
from lms.web import auth, errors, expired, layout, logs, pages, security


def init_app(app: Flask) -> None:
    logs.init_app(app)
    security.init_app(app)
    expired.init_app(app)
    app.before_request(security.hide_disabled_plugins)
    app.before_request(access.guard)
    errors.init_app(app)
    layout.init_app(app)
    app.register_blueprint(auth.bp)
    app.register_blueprint(pages.bp)
