"""The supervisors' digest: what it says, to whom, and when, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.audit import OPERATOR
from lms.clock import SettableClock
from lms.content_files import load_all
from lms.courses.models import Enrolment, Module, Programme, Step
from lms.courses.services import enrol, set_step_state
from lms.db import db
from lms.people.models import Organisation, Person
from lms.people.privacy import erase_person
from lms.plugins.messaging import preferences
from lms.plugins.messaging.digest_job import last_due, send_digests
from lms.plugins.messaging.models import Delivery, Digest
from tests.conftest import People
from tests.plugins.messaging.conftest import Mailbox, plain, reach, run_jobs, states


def choose(person: Person, rhythm: str, clock: SettableClock) -> None:
    preferences.save_rhythm(db.session(), person.id, rhythm, clock.now())
    db.session.commit()
