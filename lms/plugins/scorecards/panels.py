"""Quarter and year so far, beside one's own month."""

from flask import render_template

from lms.plugins.api import Month, MyMonth, Panel, weighed
from lms.plugins.scorecards.periods.reading import year_of


def my_month(person_id: int, shown: MyMonth) -> list[Panel]:
    month = shown.month
    first = Month(month.year * 12)
    found = year_of(first, shown.counted, weighed(first, first.plus(11), [person_id]))
    if found.year is None:
        return []
    number = month.index % 12 // 3
    html = render_template(
        "scorecards/_my_month.html", year=month.year, number=number + 1,
        quarter=found.quarters[number], whole=found.year,
    )  # fmt: skip
    return [Panel(html, order=60)]
