"""The settings of a kind of step without fields of its own, typed as in the content file."""

import pytest

from lms.courses.authoring.yaml_settings import from_yaml
from lms.errors import DomainError


def test_plain_values_are_taken() -> None:
    typed = "quiz: a-quiz\nrounds: [1, 2.5, true]\ntext: {zh: 您好, en: 'a & b, * and !'}\n"
    assert from_yaml(typed) == {
        "quiz": "a-quiz", "rounds": [1, 2.5, True], "text": {"zh": "您好", "en": "a & b, * and !"},
    }  # fmt: skip
    assert from_yaml("") == {}
    assert from_yaml("by: {1: a}") == {"by": {"1": "a"}}, "as it is stored"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("on_day: 2026-11-22", "Put a date in quotes"),
        ("on_day: 2026-13-45", "Put a date in quotes"),
        ("days: {2026-11-22: 1}", "Put a date in quotes"),
        ("most: .inf", "Put a date in quotes"),
        (f"most: {'9' * 5000}", "Put a date in quotes"),
        ('text: "\\ud800"', "Put a date in quotes"),
        ("rounds: &a [*a]", "without references"),
        ("a: &a [1, 1]\nb: &b [*a, *a]", "without references"),
        ("most: !!int ''", "without references"),
        (f"rounds: {'[' * 5000}", "nested too deeply"),
        ("text: " + "a" * 20_000, "at most"),
        ("text: [", "cannot be read"),
        ("- a", "must be a mapping"),
        ("minutes: 3", "no such field"),
    ],
)
def test_what_cannot_be_kept_is_said_at_the_field(typed: str, why: str) -> None:
    with pytest.raises(DomainError, match=why) as refused:
        from_yaml(typed)
    assert refused.value.field == "settings"
