"""The coefficients against worked examples that others published, and what they cannot say."""

import pytest

from lms.cases.raters.agreement import krippendorff_alpha, weighted_kappa
from lms.cases.raters.severity import Given, Severity, deviations, drift, overall
from lms.clock import Month

# Two radiologists on 85 xeromammograms: normal, benign, suspected, cancer. Boyd et al., J Natl
# Cancer Inst 68 (1982); worked out in Altman, Practical Statistics for Medical Research (1991),
# 14.3, and in the Stata Base Reference Manual, "kappa": linear 0.5684, quadratic 0.6714.
BOYD = [[21, 12, 0, 0], [4, 17, 1, 0], [3, 9, 15, 2], [0, 0, 0, 1]]
# Four observers, twelve units, some missing. Krippendorff, Computing Krippendorff's
# Alpha-Reliability (2011), section D and E: ordinal alpha 0.815.
KRIPPENDORFF = [
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
]


@pytest.mark.parametrize(("weights", "published"), [("linear", 0.5684), ("quadratic", 0.6714)])
def test_weighted_kappa_as_published(weights: str, published: float) -> None:
    pairs = [
        (row + 1, column + 1)
        for row, counts in enumerate(BOYD)
        for column, count in enumerate(counts)
        for _ in range(count)
    ]
    assert weighted_kappa(pairs, weights) == pytest.approx(published, abs=5e-5)  # type: ignore[arg-type]


def test_krippendorffs_alpha_as_published() -> None:
    columns = zip(*(row.split() for row in KRIPPENDORFF), strict=True)
    units = [[int(level) for level in column if level != "."] for column in columns]
    assert krippendorff_alpha(units) == pytest.approx(0.815, abs=5e-4)


def test_all_nothing_and_less_than_chance() -> None:
    assert weighted_kappa([(1, 1), (3, 3), (5, 5)]) == 1
    assert weighted_kappa([(1, 5), (5, 1)]) == -1
    assert krippendorff_alpha([[1, 1, 1], [4, 4], [5, 5]]) == 1
    assert (krippendorff_alpha([[1, 5], [5, 1], [1, 5]]) or 0) < 0
    for nothing in ([], [(4, 4), (4, 4)]):  # no variation: nothing can be said
        assert weighted_kappa(nothing) is None
        assert krippendorff_alpha(nothing) is None
    assert krippendorff_alpha([[3], [1]]) is None  # each rated once only


def test_severity_is_against_the_others_of_the_same_runs() -> None:
    may, june = Month.parse("2026-05"), Month.parse("2026-06")
    given = [
        Given(1, 10, may, 6000), Given(1, 11, may, 8000), Given(1, 12, may, 9000),
        Given(2, 10, june, 7000), Given(2, 11, june, 7000),
        Given(3, 10, june, 1000),  # scored alone: says nothing
    ]  # fmt: skip
    found = deviations(given)
    assert found[10] == {may: Severity(-25.0, 1), june: Severity(0.0, 1)}
    assert found[11][may] == Severity(5.0, 1)
    assert overall(found[10].values()) == Severity(-12.5, 2)


def test_drift_is_the_last_three_months_against_those_before() -> None:
    june = Month.parse("2026-06")
    months = {june.plus(-n): Severity(-8.0 if n < 3 else 1.0, 5) for n in range(6)}
    assert drift(months, june, few=10) == (1.0, -8.0)
    assert drift(months, june, few=20) is None  # too few to say
    assert drift(months, june.plus(-3), few=10) is None
    steady = {month: Severity(-8.0, 5) for month in months}
    assert drift(steady, june, few=10) is None
