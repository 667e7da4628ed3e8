"""Student's t against a printed table."""

import pytest

from lms.student_t import student_t


@pytest.mark.parametrize(
    ("freedom", "table"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (5, 2.5706), (10, 2.2281), (40, 2.0211),
     (120, 1.9799), (1e6, 1.9600)],
)  # fmt: skip
def test_it_is_the_tables(freedom: float, table: float) -> None:
    assert student_t(freedom) == pytest.approx(table, abs=6e-5)
    assert student_t(3, 0.99) == pytest.approx(5.8409, abs=6e-5)
