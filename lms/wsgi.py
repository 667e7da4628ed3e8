"""For WSGI servers: `granian --interface wsgi lms.wsgi:app`. Each process runs the jobs too."""

from lms.app import create_app
from lms.jobs import start_worker

app = create_app()
start_worker(app)
