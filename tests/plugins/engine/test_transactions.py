"""What a hook for a page leaves in the transaction is cleared away, on both databases."""

from contextlib import suppress

import pytest
import sqlalchemy as sa
from flask import Flask

from lms.db import db, reading
from lms.people.models import Team
from lms.plugins.calls import LeftBehind, PageGuard
from lms.plugins.manager import hook_session


def swallow(_: None) -> None:
    with suppress(sa.exc.SQLAlchemyError):
        db.session.execute(sa.text("SELECT * FROM there_is_no_such_table"))


def fail(_: None) -> None:
    db.session.execute(sa.text("SELECT * FROM there_is_no_such_table"))


def add(_: None) -> None:
    db.session.add(Team(name="left behind"))


def commit(_: None) -> None:
    db.session.commit()


@pytest.mark.parametrize("spoil", [swallow, fail, add, commit])
@pytest.mark.parametrize("is_page", [True, False])
def test_the_core_goes_on(both_apps: Flask, spoil: object, is_page: bool) -> None:
    db.session.add(Team(name="before"))
    db.session.commit()
    token = reading.set(is_page)
    try:
        team = db.session.scalars(sa.select(Team).where(Team.name == "before")).one()
        if not is_page:
            team.name = "changed by the core"
        known = (sa.exc.SQLAlchemyError, LeftBehind, RuntimeError)
        with PageGuard(hook_session()) as guard, suppress(*known):
            guard.call(spoil, None)  # type: ignore[arg-type]
        # The core's own work stands, and its transaction takes statements.
        assert team.name == ("before" if is_page else "changed by the core")
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Team)) >= 1
        assert not (is_page and db.session.new)
    finally:
        reading.reset(token)
