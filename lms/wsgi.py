"""For WSGI servers: `granian --interface wsgi lms.wsgi:app`. Each process runs the jobs too."""

import gc

gc.disable()  # while it loads, as in `lms.cli`

from lms.app import create_app  # noqa: E402
from lms.jobs import start_worker  # noqa: E402

app = create_app()
gc.freeze()
gc.enable()
start_worker(app)
