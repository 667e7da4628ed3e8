"""The form of a drill: its customer, what they say line by line, and what they listen for."""

from itertools import zip_longest
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange

from lms.cases import blueprint
from lms.cases.drills import DrillContent
from lms.cases.forms import choices, clean, pair, sides_of, text_area, text_line
from lms.cases.scripts import notation
from lms.cases.scripts.checking import MAX_NODES
from lms.cases.scripts.nodes import START
from lms.db import Localized
from lms.errors import DomainError

_TEXTS = ("title", "opening", "persona", "mood")


def _area(label: Any, rows: int = 2) -> TextAreaField:
    return TextAreaField(label, [Length(max=4000)], filters=[clean], render_kw={"rows": rows})


class NodeForm(Form):  # type: ignore[misc]
    key = StringField(_l("Name of the line"), [Length(max=40)], filters=[clean])
    zh, en = _area(_l("中文")), _area(_l("English"))
    points = _area(_l("Key points"))
    choices = _area(_l("Choices"))
    next = StringField(_l("Goes on with"), [Length(max=40)], filters=[clean])

    def row(self) -> dict[str, Any]:
        """As the script keeps it; what is empty is left out."""
        found: dict[str, Any] = {"key": self.key.data}
        if self.key.data != START:
            found |= {"zh": self.zh.data, "en": self.en.data}
        found["points"] = notation.read(self.points.data, field="script", with_words=True)
        found["choices"] = notation.read(self.choices.data, field="script", with_words=False)
        found["next"] = self.next.data
        return {k: v for k, v in found.items() if v or k in ("zh", "en")}


class DrillForm(FlaskForm):  # type: ignore[misc]
    rubric_id = SelectField(_l("Rubric"), coerce=int)
    first_reply_seconds = IntegerField(
        _l("First reply within (seconds)"), [InputRequired(), NumberRange(1, 86400)]
    )
    later_reply_seconds = IntegerField(
        _l("Later replies within (seconds)"), [InputRequired(), NumberRange(1, 86400)]
    )
    start_mood = SelectField(_l("Mood at the start"), coerce=int, choices=choices(blueprint.MOODS))
    title_zh, title_en = text_line(_l("Title")), text_line(_l("Title"))
    opening_zh, opening_en = text_area(_l("First message")), text_area(_l("First message"))
    script = FieldList(FormField(NodeForm), max_entries=MAX_NODES)
    persona_zh, persona_en = (
        text_area(_l("Who the customer is")),
        text_area(_l("Who the customer is")),
    )
    mood_zh, mood_en = (
        text_area(_l("Mood, and what changes it")),
        text_area(_l("Mood, and what changes it")),
    )
    hidden_facts_zh, hidden_facts_en = (
        text_area(_l("Told only when asked")),
        text_area(_l("Told only when asked")),
    )
    triggers = _area(_l("What makes it escalate"), rows=4)

    def content(self) -> DrillContent:
        """DomainError (field `script` or `triggers`) names a line that cannot be read."""
        rows = [entry.form.row() for entry in self.script]
        return DrillContent(
            rubric_id=self.rubric_id.data,
            first_reply_seconds=self.first_reply_seconds.data,
            later_reply_seconds=self.later_reply_seconds.data,
            start_mood=self.start_mood.data,
            script=[row for row in rows if set(row) - {"key", "zh", "en"} or any(_said(row))],
            hidden_facts=_pair_lines(self, "hidden_facts"),
            triggers=notation.read(self.triggers.data, field="triggers", with_words=True),
            **{name: pair(self, name) for name in _TEXTS},
        )


def _said(row: dict[str, Any]) -> tuple[str, str]:
    return row.get("zh", ""), row.get("en", "")


def drill_values(of: DrillContent) -> dict[str, Any]:
    facts = {side: "\n".join(row.get(side, "") for row in of.hidden_facts) for side in ("zh", "en")}
    return {
        "rubric_id": of.rubric_id,
        "first_reply_seconds": of.first_reply_seconds,
        "later_reply_seconds": of.later_reply_seconds,
        "start_mood": of.start_mood,
        "script": [_node_values(row, number) for number, row in enumerate(of.script, 1)],
        "triggers": notation.write(of.triggers),
        **sides_of({name: getattr(of, name) for name in _TEXTS}),
        **sides_of({"hidden_facts": Localized.of(facts)}),
    }


def _node_values(row: dict[str, Any], number: int) -> dict[str, str]:
    return {
        "key": str(row.get("key") or f"line-{number}"),
        "zh": row.get("zh", ""),
        "en": row.get("en", ""),
        "points": notation.write(row.get("points", ())),
        "choices": notation.write(row.get("choices", ())),
        "next": row.get("next", ""),
    }


def change_nodes(values: dict[str, Any], do: str) -> bool:
    """Apply `add-node`, `drop-node-3`, `up-node-3` to the values; False for anything else.

    DomainError (field `script`) when there are as many lines as there may be."""
    verb, _, rest = do.partition("-node")
    rows = values["script"]
    place = rest.removeprefix("-")
    at = int(place) if place.isdecimal() and len(place) < 4 else len(rows)
    if verb == "add":
        if len(rows) >= MAX_NODES:
            message = "A script has %(count)s lines at most."
            raise DomainError(message, field="script", count=MAX_NODES)
        taken = {row["key"] for row in rows}
        key = next(f"line-{n}" for n in range(len(rows) + 1, 999) if f"line-{n}" not in taken)
        rows.append(_node_values({"key": key}, 0))
    elif verb == "drop" and at < len(rows):
        del rows[at]
    elif verb == "up" and 0 < at < len(rows):
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    else:
        return False
    return True


def _pair_lines(form: Form, name: str) -> list[dict[str, str]]:
    """One entry a line, the two languages paired in order."""
    zh, en = (_rows(form[f"{name}_{side}"].data) for side in ("zh", "en"))
    return [{"zh": a, "en": b} for a, b in zip_longest(zh, en, fillvalue="")]


def _rows(text: str) -> list[str]:
    return [row.strip() for row in text.splitlines() if row.strip()]
