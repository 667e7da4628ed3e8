"""A year of months made by hand: who meets the KPI, and everybody's satisfaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pytest

from lms.clock import Month
from lms.db import db
from lms.results.models import MonthClose

FULL = 10**12


@dataclass
class Year:
    facts: object

    def close(
        self, month: str, csat: Mapping[int, float | None], kpi_met: Collection[int]
    ) -> MonthClose:
        """`csat` by person (None: none); whoever met the KPI has all three figures met."""
        figures = {}
        for person_id, value in csat.items():
            good = person_id in kpi_met
            rows = {"frt": (20.0, FULL), "fcr": (0.95 if good else 0.5, FULL if good else 10**11)}
            if value is not None:
                rows["csat"] = (value, FULL if value >= 4.5 else 10**11)
            figures[person_id] = rows
        scores = dict.fromkeys(csat, 9000)
        close = self.facts.close(Month.parse(month), scores, figures, kpi_met)
        db.session.commit()
        return close

    def good(self, month: str, ids: list[int], *best: int) -> MonthClose:
        """A month in which exactly `best` of the people qualify."""
        csat = {i: 4.9 if i in best else 4.6 for i in ids}
        return self.close(month, csat, ids)


@pytest.fixture
def year(facts) -> Year:
    return Year(facts)
