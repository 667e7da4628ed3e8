"""The items of the guided start in words, and where each is done."""

from collections.abc import Mapping, Sequence

from lms.access import ROLES, viewer
from lms.i18n import N_, pick
from lms.i18n import gettext as _
from lms.setup.facts import Facts, Item, State
from lms.web.layout import url_exists
from lms.web.tools import url_for

TITLES = {
    Item.ORGANISATION: N_("Your company and its time zone"),
    Item.PROGRAMMES: N_("Courses to begin with"),
    Item.PEOPLE: N_("Your people"),
    Item.TEAMS: N_("Teams"),
    Item.ROLES: N_("Who trains, who supervises, who is HR"),
    Item.FIRST: N_("The first hire or the first course"),
}
TEXTS = {
    Item.ORGANISATION: N_(
        "The name stands on certificates and notices; days, weeks and months are counted in the"
        " time zone."
    ),
    Item.PROGRAMMES: N_(
        "The onboarding week, the temporary track, topic courses and retraining come with the"
        " software, in Chinese and English. Choose which; all can be changed later."
    ),
    Item.PEOPLE: N_(
        "Import the roster from Excel or CSV: a template, a preview and an error for each row."
        " Staff cleared before today keep their date."
    ),
    Item.TEAMS: N_("Teams come with the roster. Whoever is in none is seen by no supervisor."),
    Item.ROLES: N_("Open a person’s page and give the role. One person may hold several."),
    Item.FIRST: N_(
        "Add somebody who starts now: their onboarding is assigned by itself, and you get the link"
        " for their password."
    ),
}
CHIPS = {State.DONE: "done", State.SKIPPED: "off", State.TODO: "todo"}
KINDS = {
    "onboarding": N_("Onboarding"),
    "temporary": N_("Temporary track"),
    "topic": N_("Topic course"),
    "retraining": N_("Retraining"),
    "track": N_("Development track"),
}


def fact(item: Item, found: Facts) -> str:
    """What is there, or what is missing, in one line; empty where there is nothing to say."""
    if item is Item.PROGRAMMES and found.programmes:
        return _("%(count)s programmes are there.", count=found.programmes)
    if item is Item.PEOPLE and found.agents:
        return _("%(count)s agents are on the roster.", count=found.agents)
    if item is Item.TEAMS and found.without_team:
        return _("%(count)s agents are in no team.", count=found.without_team)
    if item is Item.TEAMS and found.teams:
        return _("%(count)s teams.", count=found.teams)
    if item is Item.ROLES and found.lacking:
        lacking = " · ".join(pick(ROLES[role]) for role in found.lacking)
        return _("Nobody holds yet: %(roles)s", roles=lacking)
    return ""


def _roster_ways() -> list[tuple[str, str]]:
    if viewer().may("results.import"):
        first = (_("Import the roster"), url_for("results.imports"))
    else:  # figures and rosters are HR's
        own_page = url_for("people.person", person_id=viewer().person_id)
        first = (_("Give yourself the HR role to import"), own_page)
    return [first, (_("Add a person"), url_for("people.add"))]


def ways() -> Mapping[Item, Sequence[tuple[str, str]]]:
    """Links by item, the usual one first: (label, address)."""
    people = url_for("people.index")
    company = [(_("Name and time zone"), url_for("setup.edit_organisation"))]
    if url_exists("people.calendar"):
        company.append((_("Working calendar"), url_for("people.calendar")))
    return {
        Item.ORGANISATION: company,
        Item.PROGRAMMES: [(_("Choose courses"), url_for("setup.content"))],
        Item.PEOPLE: _roster_ways(),
        Item.TEAMS: [(_("People"), people)],
        Item.ROLES: [(_("Choose a person"), people)],
        Item.FIRST: [(_("Add the first hire"), url_for("people.add"))],
    }
