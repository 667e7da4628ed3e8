"""What the process imports from which servers are forked: all that an app would import itself."""

from importlib import import_module
from importlib.util import find_spec

from lms.app import DOMAINS

for _name in ("waitress", "lms.cli.site", "lms.content_files", "lms.demo"):
    import_module(_name)
for _domain in DOMAINS:
    for _part in ("models", "registry", "views", "cli"):
        import_module(f"lms.{_domain}.{_part}")
for _plugin in (
    "certificates",
    "duty",
    "exams",
    "messaging",
    "planning",
    "promotion",
    "retraining",
):
    for _part in ("models", "views"):
        if find_spec(f"lms.plugins.{_plugin}.{_part}"):
            import_module(f"lms.plugins.{_plugin}.{_part}")
