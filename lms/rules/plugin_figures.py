"""What plugins cost and hold: seconds per hook in the last hour, rows per table."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, inspect, literal, select, union_all

from lms.db import Model, Session
from lms.plugins.manager import PluginManager
from lms.plugins.timing import HookTime, last_hour


def times(session: Session, at: datetime) -> Mapping[str, list[HookTime]]:
    """By plugin, the most expensive hook first; every process, some ten seconds behind."""
    found: dict[str, list[HookTime]] = defaultdict(list)
    for time in last_hour(session, at):
        found[time.plugin].append(time)
    return found


def tables(session: Session, manager: PluginManager, name: str) -> list[tuple[str, int]]:
    """The plugin's tables that are in the database, with how many rows each has."""
    plugin = manager.loaded.get(name)
    if plugin is None:
        return []
    there = set(inspect(session.connection()).get_table_names())
    wanted = [
        table
        for table in Model.metadata.sorted_tables
        if table.name.startswith(plugin.table_prefix) and table.name in there
    ]
    if not wanted:
        return []
    counts = [select(literal(t.name), select(func.count()).select_from(t).scalar_subquery())
              for t in wanted]  # fmt: skip
    return [(name, count) for name, count in session.execute(union_all(*counts))]
