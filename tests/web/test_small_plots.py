"""The figures drawn in a line: gaps stay gaps, and the ends are where one looks for them."""

from decimal import Decimal

import pytest

from lms.web.small_plots import segments_of, spark_of


def test_a_trend_runs_from_edge_to_edge_with_its_gaps():
    spark = spark_of([70, None, 80, 90], width=96, height=28)
    assert spark.runs == ["3.0,24.0", "63.0,14.0 93.0,4.0"]
    assert spark.last == (93.0, 4.0)
    assert spark.target is None


@pytest.mark.parametrize("values", [[], [None, 3], [None, None, 3]])
def test_one_value_is_no_trend(values):
    assert spark_of(values, width=96, height=28) is None


def test_the_target_is_within_the_picture_though_no_value_reaches_it():
    spark = spark_of([Decimal("50.5"), Decimal("50.5")], width=96, height=28, target=80)
    assert spark.target == 4.0
    assert spark.last[1] == 24.0


def test_segments_follow_each_other_and_say_what_they_are_asked_to():
    parts = [("service", 35, "35.00 / 70"), ("feedback", 14), ("training", None, "no data")]
    first, second, third = segments_of(parts, total=100)
    assert (first.x, first.width, first.text) == (0, 35, "35.00 / 70")
    assert (second.x, second.width, second.text) == (35, 14, 14)
    assert (third.x, third.width, third.kind) == (49, 0, 3)
