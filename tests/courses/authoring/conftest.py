import pytest
from flask.testing import FlaskClient

from lms.access import TRAINER
from tests.conftest import Auth, People
from tests.courses.conftest import School


@pytest.fixture
def trainer(school: School, auth: Auth, persons: People) -> FlaskClient:
    return auth.login(persons.add(TRAINER, name="赵老师"))
