"""What a person in a room is shown: the whole of it as a page, or what is new as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from flask import current_app, url_for

from lms.access import viewer
from lms.cases.rooms import reading
from lms.cases.rooms.models import DrillRoom, Role
from lms.cases.rooms.reading import Noted, Said, Standing
from lms.cases.rooms.talking import OVER
from lms.cases.timing import Timings, measure
from lms.db import Localized, Session


class View(NamedTuple):
    """`last`: of the messages read here, which may be younger than `mine`; `lines`: as many of them
    as this person sees; `noted`: None for whoever may not."""

    room: DrillRoom
    mine: Standing
    last: int
    lines: Sequence[Said]
    times: Timings
    noted: Noted | None
    now_at: datetime
    own_key: str  # what the keys of this person's own messages begin with

    @property
    def is_over(self) -> bool:
        return self.mine.state in OVER

    @property
    def prompts(self) -> list[str]:
        """The script's lines, in the language that is spoken in the room."""
        lines = [Localized.of(row).pick(self.room.locale) for row in self.room.drill.script]
        return [line for line in lines if line]


def view_of(session: Session, room_id: int, mine: Standing, now: datetime) -> View:
    room = reading.room_of(session, room_id)
    said = reading.said(session, room_id)
    is_trainer = any(viewer().may(p) for p in ("cases.author", "drills.score"))
    shows_notes = reading.sees_notes(mine.role, is_trainer=is_trainer)
    return View(
        room,
        mine,
        max(mine.last_seq, said[-1].seq if said else 0),
        [message for message in said if message.who != "note"],
        measure(said),
        reading.noted(said, room.drill.start_mood) if shows_notes else None,
        now,
        f"{viewer().person_id}-",
    )


def news(
    session: Session, room_id: int, mine: Standing, after: int, now: datetime
) -> dict[str, Any]:
    """The messages after number `after` as HTML, the ring and the figures, and where to go when
    the room is over."""
    view = view_of(session, room_id, mine, now)
    fresh = [line for line in view.lines if line.seq > after]
    found: dict[str, Any] = {
        "last": view.last,
        "state": mine.state,
        "lines": _piece("_lines", view=view, lines=fresh) if fresh else "",
        "times": _piece("_times", view=view),
        "over": None,
    }
    if view.noted is not None:
        noted = view.noted
        found["noted"] = {
            "fact": sorted(noted.facts),
            "trigger": sorted(noted.triggers),
            "mood": noted.mood,
        }
    if view.is_over:
        is_run = view.room.run_id is not None and mine.role != Role.OBSERVER
        found["over"] = (
            url_for("cases.result", run_id=view.room.run_id) if is_run else url_for("cases.rooms")
        )
    return found


def over(mine: Standing, url: str) -> dict[str, Any]:
    """For whoever may read no more of it: only that it is over, and where to go."""
    return {"last": mine.last_seq, "state": mine.state, "lines": "", "times": "", "over": url}


def _piece(name: str, **values: Any) -> str:
    """Without `render_template`, and with the macros made once: an import, and what every page is
    given, cost more than the piece itself."""
    templates = current_app.jinja_env
    parts = templates.get_template("cases/_parts.html").module
    return templates.get_template(f"cases/rooms/{name}.html").render(parts=parts, **values)
