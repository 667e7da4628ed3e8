"""Write a migration from what differs between models and database: `core|<plugin> "message"`."""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from lms import create_app
from lms.cli.site import upgrade_database
from lms.config import Settings
from lms.db import Model, PartialIndex
from lms.plugins import migrations
from lms.plugins.manager import plugins


def main(name: str, message: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        url = f"sqlite:///{home}/migration.sqlite3"
        settings = replace(Settings.from_environment(), home=Path(home), database_url=url)
        app = create_app(settings)
        with app.app_context():
            upgrade_database()
            found = [h for h in migrations.histories(plugins()) if h.name == name]
            if not found:
                sys.exit(f"no history {name!r}; a plugin needs a folder `migrations`")
            for table in Model.metadata.tables.values():
                for index in table.indexes:
                    if isinstance(index, PartialIndex):
                        index.say_for_postgres()
            migrations.revise(found[0], message)


if __name__ == "__main__":
    main(*sys.argv[1:])
