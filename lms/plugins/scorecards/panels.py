"""Quarter and year so far, beside one's own month."""

from flask import render_template

from lms.plugins.api import Month, Panel, Session
from lms.plugins.scorecards.periods.reading import read


def my_month(session: Session, person_id: int, month: Month) -> list[Panel]:
    found = read(session, month.year, [person_id])[person_id]
    if found.year is None:
        return []
    number = month.index % 12 // 3
    html = render_template(
        "scorecards/_my_month.html", year=month.year, number=number + 1,
        quarter=found.quarters[number], whole=found.year,
    )  # fmt: skip
    return [Panel(html, order=60)]
