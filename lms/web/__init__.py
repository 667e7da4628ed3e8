"""What every page shares: sign-in, CSRF, headers, limits, errors, navigation."""

from flask import Flask


def init_app(app: Flask) -> None:
    # Here: commands show no page, and start sooner without what pages need.
    from lms import access
    from lms.web import auth, errors, expired, layout, logs, pacing, pages, security, templating

    logs.init_app(app)
    security.init_app(app)
    templating.init_app(app)
    expired.init_app(app)
    app.before_request(security.hide_disabled_plugins)
    app.before_request(access.guard)
    errors.init_app(app)
    layout.init_app(app)
    app.register_blueprint(auth.bp)
    app.register_blueprint(pages.bp)
    pacing.init_app(app)
