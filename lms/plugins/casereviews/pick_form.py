"""The form with which a case is picked: what stands in it at first, and what can be chosen."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from lms.plugins.api import CaseState, CaseVersion, Session, Team, pick
from lms.plugins.casereviews import picking, weeks
from lms.plugins.casereviews.forms import PickForm

# This week and the ones after it that a case can be picked for.
WEEKS_AHEAD = 4


def published(session: Session, case_id: int) -> CaseVersion | None:
    return session.scalar(
        select(CaseVersion).where(
            CaseVersion.case_id == case_id, CaseVersion.state == CaseState.PUBLISHED
        )
    )


def fresh_form(version: CaseVersion, teams: Sequence[Team], asked: Mapping[str, str]) -> PickForm:
    """For the week and team in the address, or the one team there is; with `from=handling` the
    options are the first steps of what was really done, to be chosen between or rewritten."""
    team = asked.get("team", "")
    values: dict[str, object] = {
        "week": asked.get("week", ""),
        "teams": [int(team)] if team.isdecimal() else [one.id for one in teams if len(teams) == 1],
    }
    if asked.get("from") == "handling":
        values["options"] = version.handling[: picking.MOST_OPTIONS]
        values["question_zh"] = "您会先做哪一步？"
        values["question_en"] = "Which of these would you do first?"
    return PickForm(formdata=None, data=values)


def fill(form: PickForm, teams: Sequence[Team], monday: date) -> PickForm:
    """Its choices: the teams one holds, and the weeks to come."""
    form.teams.choices = [(team.id, team.name) for team in teams]
    coming = [monday + timedelta(weeks=number) for number in range(WEEKS_AHEAD + 1)]
    form.week.choices = [(weeks.code(day), pick(weeks.name(day))) for day in coming]
    if form.week.data not in {value for value, _ in form.week.choices}:
        form.week.data = form.week.choices[0][0]
    return form
