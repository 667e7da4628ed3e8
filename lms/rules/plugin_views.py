"""The admin's pages about plugins: the list, and each plugin with its figures and settings."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms import access
from lms.access import viewer
from lms.audit import Actor
from lms.clock import now
from lms.db import db
from lms.errors import DomainError
from lms.plugins import settings
from lms.plugins.manager import plugins
from lms.rules import plugin_admin, plugin_figures
from lms.rules.blueprint import bp
from lms.rules.forms import setting_form
from lms.web.errors import message, show_on


@bp.get("/admin/plugins", endpoint="plugins")
@access.requires("plugins.manage")
def plugin_list() -> ResponseReturnValue:
    return render_template(
        "rules/plugins.html",
        plugins=plugin_admin.overview(db.session(), plugins()),
        times=plugin_figures.times(db.session(), now()),
    )


@bp.post("/admin/plugins/<name>")
@access.requires("plugins.manage")
def switch_plugin(name: str) -> ResponseReturnValue:
    manager, enabled = plugins(), request.form.get("enabled") == "1"
    try:
        plugin_admin.set_enabled(
            db.session(), manager, name, enabled, actor=Actor(viewer().person_id), now=now()
        )
    except DomainError as error:
        db.session.rollback()
        flash(message(error), "error")
        return redirect(url_for(".plugins"))
    db.session.commit()
    manager.forget_states()
    done = _("%(name)s is on.", name=name) if enabled else _("%(name)s is off.", name=name)
    flash(done, "success")
    return redirect(url_for(".plugins"))


@bp.route("/admin/plugins/<name>/settings", methods=["GET", "POST"])
@access.requires("plugins.manage")
def plugin(name: str) -> ResponseReturnValue:
    infos = plugin_admin.overview(db.session(), plugins())
    info = next((i for i in infos if i.name == name), None)
    if info is None:
        abort(404)
    declared = settings.declared(name)
    values = settings.plugin_settings(db.session(), name)
    form = setting_form(declared, values)
    if declared and form.validate_on_submit():
        try:
            changed = settings.save_settings(
                db.session(), name, request.form, actor=Actor(viewer().person_id), now=now()
            )
        except DomainError as error:
            show_on(form, error)
        else:
            db.session.commit()
            flash(_("Stored.") if changed else _("Nothing was changed."), "success")
            return redirect(url_for(".plugin", name=name))
    return render_template(
        "rules/plugin.html", plugin=info, form=form, declared=declared, values=values,
        times=plugin_figures.times(db.session(), now()).get(name, []),
        tables=plugin_figures.tables(db.session(), plugins(), name),
    )  # fmt: skip
