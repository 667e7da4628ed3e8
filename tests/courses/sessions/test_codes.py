"""The rotating code: only what shows now counts, by the server's clock, whichever way it goes."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from lms.courses.sessions import codes
from lms.errors import DomainError
from tests.conftest import Auth

from .conftest import AFTERNOON, Hall

KEY = b"a key"
AT = datetime(2026, 11, 4, 6, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize("made", [codes.link_code, codes.digits])
@pytest.mark.parametrize(
    ("seconds", "is_taken"),
    [(0, True), (19, True), (79, True), (80, False), (3600, False), (-11, False), (-86400, False)],
)
def test_a_code_is_taken_while_it_shows_and_a_moment_longer(
    made: object, seconds: int, is_taken: bool
) -> None:
    given, now = made(KEY, 7, AT), AT + timedelta(seconds=seconds)  # type: ignore[operator]
    if is_taken:
        codes.check(KEY, 7, given, now)
    else:
        with pytest.raises(DomainError, match="has run out"):
            codes.check(KEY, 7, given, now)


def test_a_code_of_another_session_or_key() -> None:
    for key, session_id in ((KEY, 8), (b"another", 7)):
        with pytest.raises(DomainError, match="not a code of this session"):
            codes.check(KEY, 7, codes.link_code(key, session_id, AT), AT)


@pytest.mark.parametrize(
    "given", ["", "12345", "1234567", "१२३४५६", "zz-00", "ffffffffff-" + "0" * 32, "\0" * 6, "-"]
)
def test_nonsense_is_refused_and_never_an_error(given: str) -> None:
    with pytest.raises(DomainError):
        codes.check(KEY, 7, given, AT)


def test_digits_may_be_typed_as_they_are_shown() -> None:
    digits = codes.digits(KEY, 7, AT)
    codes.check(KEY, 7, f" {digits[:3]} {digits[3:]} ", AT)


def _screen(client: FlaskClient, planned_id: int) -> str:
    return client.get(f"/sessions/{planned_id}/code").text


def test_from_the_screen_to_the_roster(hall: Hall, auth: Auth) -> None:
    ann, bob = hall.learner(), hall.learner()
    planned = hall.plan(for_step=True)
    hall.book(planned, ann)
    hall.book(planned, bob)
    trainer, url = auth.login(hall.persons.add("trainer")), f"/sessions/{planned.id}/check-in"
    assert "Check-in is closed" in _screen(trainer, planned.id)
    assert auth.login(ann).get(f"/sessions/{planned.id}/code").status_code == 403
    hall.at(AFTERNOON, minutes=1)
    screen = _screen(trainer, planned.id)
    assert "<svg" in screen and "style=" not in screen
    digits = re.search(r'class="digits">(\d{3}) (\d{3})<', screen)
    assert digits is not None
    client = auth.login(ann)
    link = codes.link_code(b"test", planned.id, hall.clock.now())
    landing = client.get(f"{url}?code={link}").text
    assert link in landing and "One more tap" in landing
    assert client.post(url, data={"code": link}).status_code == 303
    assert hall.state(ann) == "completed"
    assert "1 of 2 are here" in _screen(trainer, planned.id)
    hall.clock.advance(minutes=3)
    client = auth.login(bob)
    for old in (link, "".join(digits.groups())):
        refused = client.post(url, data={"code": old})
        assert refused.status_code == 400 and "has run out" in html.unescape(refused.text)
    hall.clock.advance(hours=-1)  # the clock goes back
    assert client.post(url, data={"code": link}).status_code == 400
    assert client.get(url).status_code == trainer.get(f"/sessions/{planned.id}/code").status_code
    hall.clock.advance(hours=1)
    now = codes.digits(b"test", planned.id, hall.clock.now())
    assert client.post(url, data={"code": now}).status_code == 303
    assert hall.state(bob) == "completed"
    assert "2 of 2 are here" in _screen(trainer, planned.id)
