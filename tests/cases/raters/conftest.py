import pytest

from lms.clock import SettableClock
from tests.cases.scoring.kit import Desk
from tests.conftest import People


@pytest.fixture
def desk(persons: People, clock: SettableClock) -> Desk:
    return Desk(persons, clock)
