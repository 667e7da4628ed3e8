"""The rule as SQL means what it means read plainly, whatever the people and the rule."""

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.courses.audience.matching import people
from lms.courses.audience.rule import Audience, read
from lms.db import db
from lms.errors import DomainError
from lms.people.models import (
    Channel,
    Clearance,
    Employment,
    Level,
    Person,
    RoleAssignment,
    Team,
)

TODAY = date(2026, 11, 2)
ROLES = ("trainer", "supervisor", "hr")
near = st.integers(-5, 5).map(lambda n: TODAY + timedelta(days=n))


def some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2).map(
        lambda chosen: tuple(v for v in values if v in chosen)
    )


clearances = st.tuples(near, st.none() | near, st.none() | near)
persons = st.fixed_dictionaries(
    {
        "team": st.integers(0, 2),
        "level": st.sampled_from(list(Level)),
        "channel": st.sampled_from(list(Channel)),
        "employment": st.sampled_from(list(Employment)),
        "hired_on": near,
        "left_on": st.none() | near,
        "roles": st.sets(st.sampled_from(ROLES), max_size=2),
        "clearances": st.lists(clearances, max_size=2),
    }
)
audiences = st.builds(
    Audience,
    teams=st.lists(st.integers(1, 2), unique=True, max_size=2).map(lambda t: tuple(sorted(t))),
    levels=some(list(Level)),
    channels=some(list(Channel)),
    employments=some(list(Employment)),
    roles=some(["employee", *ROLES]),
    cleared=st.booleans(),
    hired_from=st.none() | near,
    hired_until=st.none() | near,
    hired_within=st.none() | st.integers(1, 6),
)


def fits(rule: Audience, who: dict[str, object]) -> bool:
    """The rule as a person would read it."""
    if who["left_on"] is not None:
        return False
    for allowed, value in (
        (rule.teams, who["team"]),
        (rule.levels, who["level"]),
        (rule.channels, who["channel"]),
        (rule.employments, who["employment"]),
    ):
        if allowed and value not in allowed:
            return False
    if rule.roles and not set(rule.roles) & {"employee", *who["roles"]}:
        return False
    if rule.cleared and not any(
        begins <= TODAY
        and (until is None or until >= TODAY)
        and (revoked is None or revoked > TODAY)
        for begins, until, revoked in who["clearances"]
    ):
        return False
    hired = who["hired_on"]
    if rule.hired_from and hired < rule.hired_from:
        return False
    if rule.hired_until and hired > rule.hired_until:
        return False
    return not rule.hired_within or 0 <= (TODAY - hired).days < rule.hired_within


def store(everybody: list[dict[str, object]], now: object) -> dict[int, dict[str, object]]:
    for number in (1, 2):
        db.session.merge(Team(id=number, name=f"team {number}"))
    rows = []
    for number, who in enumerate(everybody, 1):
        person = Person(
            id=number, staff_no=str(number), name="n", team_id=who["team"] or None,
            created_at=now,
            **{k: who[k] for k in ("level", "channel", "employment", "hired_on", "left_on")},
        )  # fmt: skip
        rows.append(person)
    db.session.add_all(rows)
    db.session.flush()
    for person, who in zip(rows, everybody, strict=True):
        db.session.add_all(RoleAssignment(person_id=person.id, role=r) for r in who["roles"])
        db.session.add_all(
            Clearance(
                person_id=person.id, from_day=begins, until=until, revoked_on=revoked,
                source="history", granted_at=now,
            )
            for begins, until, revoked in who["clearances"]
        )  # fmt: skip
    db.session.flush()
    return {person.id: who for person, who in zip(rows, everybody, strict=True)}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(everybody=st.lists(persons, max_size=12), rules=st.lists(audiences, min_size=8, max_size=8))
def test_the_set_is_who_fits(
    both_apps: Flask, everybody: list[dict[str, object]], rules: list[Audience]
) -> None:
    known = store(everybody, both_apps.extensions["lms_clock"].now())
    for rule in rules:
        found = set(db.session.scalars(people(rule, TODAY)))
        assert found == {number for number, who in known.items() if fits(rule, who)}
    db.session.rollback()


def test_an_empty_rule_is_everybody_here(both_apps: Flask) -> None:
    everybody = {
        "team": 0, "level": "agent", "channel": "phone", "employment": "regular",
        "hired_on": TODAY, "left_on": None, "roles": set(), "clearances": [],
    }  # fmt: skip
    store([everybody, {**everybody, "left_on": TODAY}], both_apps.extensions["lms_clock"].now())
    assert set(db.session.scalars(people(Audience(), TODAY))) == {1}
    db.session.rollback()


@given(rule=audiences)
def test_stored_and_read_again_it_is_the_same_rule(rule: Audience) -> None:
    if rule.hired_from and rule.hired_until and rule.hired_from > rule.hired_until:
        with pytest.raises(DomainError):
            read(rule.as_json())
    else:
        assert read(rule.as_json()) == rule


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"levels": ["boss"]}, "levels"),
        ({"levels": "agent"}, "levels"),
        ({"teams": ["1"]}, "teams"),
        ({"teams": [True]}, "teams"),
        ({"cleared": "yes"}, "cleared"),
        ({"hired_from": "2026-13-01"}, "hired_from"),
        ({"hired_until": 7}, "hired_until"),
        ({"hired_within": 0}, "hired_within"),
        ({"hired_within": 5000}, "hired_within"),
        ({"hired_from": "2026-11-02", "hired_until": "2026-11-01"}, "hired_until"),
        ({"salary": 1}, None),
    ],
)
def test_a_wrong_rule_names_what_is_wrong(raw: dict[str, object], field: str | None) -> None:
    with pytest.raises(DomainError) as refused:
        read(raw)
    assert refused.value.field == field
