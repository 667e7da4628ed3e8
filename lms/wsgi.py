"""For WSGI servers: `granian --interface wsgi lms.wsgi:app`. Background jobs run in each process."""

from lms.app import create_app
from lms.jobs import start_worker

app = create_app()
start_worker(app)
