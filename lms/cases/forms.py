"""Forms of cases and drills. Texts come in pairs: one language is enough."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange

from lms.cases import blueprint, content
from lms.cases.content import CaseContent, Line
from lms.cases.drills import DrillContent
from lms.db import Localized

_LONG, _SHORT = 8000, 200


def _clean(value: str | None) -> str:
    return (value or "").replace("\0", "").replace("\r\n", "\n").strip()


def _text(label: Any) -> TextAreaField:
    return TextAreaField(label, [Length(max=_LONG)], filters=[_clean], render_kw={"rows": 4})


def _line(label: Any) -> StringField:
    return StringField(label, [Length(max=_SHORT)], filters=[_clean])


def choices(words: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


class LineForm(Form):  # type: ignore[misc]
    who = SelectField(_l("Who speaks"), choices=choices(blueprint.SPEAKERS))
    zh = TextAreaField(_l("中文"), [Length(max=2000)], filters=[_clean], render_kw={"rows": 2})
    en = TextAreaField(_l("English"), [Length(max=2000)], filters=[_clean], render_kw={"rows": 2})


class StepForm(Form):  # type: ignore[misc]
    zh = TextAreaField(_l("中文"), [Length(max=2000)], filters=[_clean], render_kw={"rows": 2})
    en = TextAreaField(_l("English"), [Length(max=2000)], filters=[_clean], render_kw={"rows": 2})


class CaseForm(FlaskForm):  # type: ignore[misc]
    edit_count = HiddenField(default="0")
    stage = SelectField(_l("Stage"), choices=choices(blueprint.STAGES))
    channel = SelectField(_l("Channel"), choices=choices(blueprint.CHANNELS))
    complaint_level = SelectField(_l("Complaint level"), choices=choices(blueprint.LEVELS))
    outcome = SelectField(_l("Outcome"), choices=choices(blueprint.OUTCOMES))
    title_zh, title_en = _line(_l("Title")), _line(_l("Title"))
    category_zh, category_en = _line(_l("Product or topic")), _line(_l("Product or topic"))
    tags_zh, tags_en = _line(_l("Tags")), _line(_l("Tags"))
    scenario_zh, scenario_en = _text(_l("Scenario")), _text(_l("Scenario"))
    dialogue = FieldList(FormField(LineForm), max_entries=content.MAX_LINES)
    handling = FieldList(FormField(StepForm), max_entries=content.MAX_STEPS)
    result_zh, result_en = _text(_l("Result")), _text(_l("Result"))
    lessons_zh, lessons_en = _text(_l("Lessons")), _text(_l("Lessons"))

    def content(self) -> CaseContent:
        """What was typed; empty lines and steps are left out."""
        lines = [Line(e.form.who.data, e.form.zh.data, e.form.en.data) for e in self.dialogue]
        steps = [Localized(e.form.zh.data, e.form.en.data) for e in self.handling]
        return CaseContent(
            stage=self.stage.data,
            channel=self.channel.data,
            complaint_level=int(self.complaint_level.data),
            outcome=self.outcome.data,
            **{name: _pair(self, name) for name in content.TEXTS},
            tags={"zh": _tags(self.tags_zh.data), "en": _tags(self.tags_en.data)},
            dialogue=[line for line in lines if line.zh or line.en],
            handling=[step for step in steps if step],
        )


def case_values(of: CaseContent | None) -> dict[str, Any]:
    """The form's values for a content; a new case begins with two lines and a step."""
    if of is None:
        dialogue = [{"who": who, "zh": "", "en": ""} for who in ("customer", "agent")]
        return {"dialogue": dialogue, "handling": [{"zh": "", "en": ""}]}
    columns = of.columns()
    return {
        **{name: str(columns[name]) for name in ("stage", "channel", "complaint_level", "outcome")},
        **_sides({name: columns[name] for name in content.TEXTS}),
        "tags_zh": "，".join(columns["tags"]["zh"]),
        "tags_en": ", ".join(columns["tags"]["en"]),
        "dialogue": columns["dialogue"],
        "handling": columns["handling"],
    }


def change_lines(values: dict[str, Any], do: str) -> bool:
    """Apply `add-line`, `drop-line-3`, `up-line-3` (or `step`) to the values; False for others."""
    verb, _, rest = do.partition("-")
    kind, _, position = rest.partition("-")
    rows = values.get({"line": "dialogue", "step": "handling"}.get(kind, ""))
    if rows is None or verb not in {"add", "drop", "up"}:
        return False
    at = int(position) if position.isdecimal() and len(position) < 4 else len(rows)
    if verb == "add":
        speaker = "agent" if rows and rows[-1].get("who") == "customer" else "customer"
        rows.append({"zh": "", "en": ""} | ({"who": speaker} if kind == "line" else {}))
    elif verb == "drop" and at < len(rows):
        del rows[at]
    elif verb == "up" and 0 < at < len(rows):
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    return True


class DrillForm(FlaskForm):  # type: ignore[misc]
    rubric_id = SelectField(_l("Rubric"), coerce=int)
    first_reply_seconds = IntegerField(
        _l("First reply within (seconds)"), [InputRequired(), NumberRange(1, 86400)]
    )
    later_reply_seconds = IntegerField(
        _l("Later replies within (seconds)"), [InputRequired(), NumberRange(1, 86400)]
    )
    start_mood = SelectField(_l("Mood at the start"), coerce=int, choices=choices(blueprint.MOODS))
    title_zh, title_en = _line(_l("Title")), _line(_l("Title"))
    opening_zh, opening_en = _text(_l("First message")), _text(_l("First message"))
    script_zh, script_en = _text(_l("Further lines")), _text(_l("Further lines"))
    persona_zh, persona_en = _text(_l("Who the customer is")), _text(_l("Who the customer is"))
    mood_zh, mood_en = (
        _text(_l("Mood, and what changes it")),
        _text(_l("Mood, and what changes it")),
    )
    hidden_facts_zh, hidden_facts_en = (
        _text(_l("Told only when asked")),
        _text(_l("Told only when asked")),
    )
    triggers_zh, triggers_en = (
        _text(_l("What makes it escalate")),
        _text(_l("What makes it escalate")),
    )

    def content(self) -> DrillContent:
        texts: dict[str, Any] = {n: _pair(self, n) for n in ("title", "opening", "persona", "mood")}
        lists: dict[str, Any] = {
            name: _pair_lines(self, name) for name in ("script", "hidden_facts", "triggers")
        }
        return DrillContent(
            rubric_id=self.rubric_id.data,
            first_reply_seconds=self.first_reply_seconds.data,
            later_reply_seconds=self.later_reply_seconds.data,
            start_mood=self.start_mood.data,
            **texts,
            **lists,
        )


def drill_values(of: DrillContent) -> dict[str, Any]:
    lists = {
        name: {
            side: "\n".join(row.get(side, "") for row in getattr(of, name)) for side in ("zh", "en")
        }
        for name in ("script", "hidden_facts", "triggers")
    }
    texts = {name: getattr(of, name) for name in ("title", "opening", "persona", "mood")}
    return {
        "rubric_id": of.rubric_id,
        "first_reply_seconds": of.first_reply_seconds,
        "later_reply_seconds": of.later_reply_seconds,
        "start_mood": of.start_mood,
        **_sides({name: Localized.of(sides) for name, sides in lists.items()}),
        **_sides(texts),
    }


def _sides(texts: dict[str, Localized]) -> dict[str, str]:
    return {
        f"{name}_{side}": getattr(text, side)
        for name, text in texts.items()
        for side in ("zh", "en")
    }


def _pair(form: Form, name: str) -> Localized:
    return Localized(form[f"{name}_zh"].data, form[f"{name}_en"].data)


def _pair_lines(form: Form, name: str) -> list[dict[str, str]]:
    """One entry a line, the two languages paired in order."""
    zh, en = (_rows(form[f"{name}_{side}"].data) for side in ("zh", "en"))
    return [{"zh": a, "en": b} for a, b in zip_longest(zh, en, fillvalue="")]


def _rows(text: str) -> list[str]:
    return [row.strip() for row in text.splitlines() if row.strip()]


def _tags(text: str) -> Sequence[str]:
    words = text.replace("，", ",").replace("、", ",").split(",")
    return list(dict.fromkeys(w.strip()[: content.MAX_TAG] for w in words if w.strip()))[
        : content.MAX_TAGS
    ]
