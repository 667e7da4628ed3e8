"""Forms of cases, and what forms of drills share with them. One language is enough."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length

from lms.cases import blueprint, comments, content
from lms.cases.content import CaseContent, Line
from lms.db import Localized
from lms.errors import DomainError

_LONG, _SHORT = 8000, 200


def clean(value: str | None) -> str:
    return (value or "").replace("\0", "").replace("\r\n", "\n").strip()


def text_area(label: Any) -> TextAreaField:
    return TextAreaField(label, [Length(max=_LONG)], filters=[clean], render_kw={"rows": 4})


def text_line(label: Any) -> StringField:
    return StringField(label, [Length(max=_SHORT)], filters=[clean])


def choices(words: Mapping[Any, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


class LineForm(Form):  # type: ignore[misc]
    who = SelectField(_l("Who speaks"), choices=choices(blueprint.SPEAKERS))
    zh = TextAreaField(_l("中文"), [Length(max=2000)], filters=[clean], render_kw={"rows": 2})
    en = TextAreaField(_l("English"), [Length(max=2000)], filters=[clean], render_kw={"rows": 2})


class StepForm(Form):  # type: ignore[misc]
    zh = TextAreaField(_l("中文"), [Length(max=2000)], filters=[clean], render_kw={"rows": 2})
    en = TextAreaField(_l("English"), [Length(max=2000)], filters=[clean], render_kw={"rows": 2})


class CaseForm(FlaskForm):  # type: ignore[misc]
    edit_count = HiddenField(default="0")
    stage = SelectField(_l("Stage"), choices=choices(blueprint.STAGES))
    channel = SelectField(_l("Channel"), choices=choices(blueprint.CHANNELS))
    complaint_level = SelectField(_l("Complaint level"), choices=choices(blueprint.LEVELS))
    outcome = SelectField(_l("Outcome"), choices=choices(blueprint.OUTCOMES))
    title_zh, title_en = text_line(_l("Title")), text_line(_l("Title"))
    category_zh, category_en = text_line(_l("Product or topic")), text_line(_l("Product or topic"))
    tags_zh, tags_en = text_line(_l("Tags")), text_line(_l("Tags"))
    scenario_zh, scenario_en = text_area(_l("Scenario")), text_area(_l("Scenario"))
    dialogue = FieldList(FormField(LineForm), max_entries=content.MAX_LINES)
    handling = FieldList(FormField(StepForm), max_entries=content.MAX_STEPS)
    result_zh, result_en = text_area(_l("Result")), text_area(_l("Result"))
    lessons_zh, lessons_en = text_area(_l("Lessons")), text_area(_l("Lessons"))

    def content(self) -> CaseContent:
        """What was typed; empty lines and steps are left out."""
        lines = [Line(e.form.who.data, e.form.zh.data, e.form.en.data) for e in self.dialogue]
        steps = [Localized(e.form.zh.data, e.form.en.data) for e in self.handling]
        return CaseContent(
            stage=self.stage.data,
            channel=self.channel.data,
            complaint_level=int(self.complaint_level.data),
            outcome=self.outcome.data,
            **{name: pair(self, name) for name in content.TEXTS},
            tags={"zh": _tags(self.tags_zh.data), "en": _tags(self.tags_en.data)},
            dialogue=[line for line in lines if line.zh or line.en],
            handling=[step for step in steps if step],
        )

    def rows(self) -> comments.Rows:
        """The words of each field and line as they stand on the page, empty lines included."""
        fields = {name: [comments.words(pair(self, name))] for name in content.TEXTS}
        tags = [", ".join([*_tags(self.tags_zh.data), *_tags(self.tags_en.data)])]
        lines = {
            name: [comments.words(pair_of(entry.form)) for entry in self[name]]
            for name in comments.LISTS
        }
        return {**fields, "tags": tags, **lines}


def pair_of(row: Form) -> Localized:
    return Localized(row.zh.data or "", row.en.data or "")


def case_values(of: CaseContent | None) -> dict[str, Any]:
    """The form's values for a content; a new case begins with two lines and a step."""
    if of is None:
        dialogue = [{"who": who, "zh": "", "en": ""} for who in ("customer", "agent")]
        return {"dialogue": dialogue, "handling": [{"zh": "", "en": ""}]}
    columns = of.columns()
    return {
        **{name: str(columns[name]) for name in ("stage", "channel", "complaint_level", "outcome")},
        **sides_of({name: columns[name] for name in content.TEXTS}),
        "tags_zh": "，".join(columns["tags"]["zh"]),
        "tags_en": ", ".join(columns["tags"]["en"]),
        "dialogue": columns["dialogue"],
        "handling": columns["handling"],
    }


def change_lines(values: dict[str, Any], do: str) -> bool:
    """Apply `add-line`, `drop-line-3`, `up-line-3` (or `step`) to the values; False for others.

    DomainError (field `dialogue` or `handling`) when there are as many as there may be.
    """
    verb, _, rest = do.partition("-")
    kind, _, position = rest.partition("-")
    rows = values.get({"line": "dialogue", "step": "handling"}.get(kind, ""))
    if rows is None or verb not in {"add", "drop", "up"}:
        return False
    at = int(position) if position.isdecimal() and len(position) < 4 else len(rows)
    if verb == "add":
        _check_room(kind, len(rows))
        speaker = "agent" if rows and rows[-1].get("who") == "customer" else "customer"
        rows.append({"zh": "", "en": ""} | ({"who": speaker} if kind == "line" else {}))
    elif verb == "drop" and at < len(rows):
        del rows[at]
    elif verb == "up" and 0 < at < len(rows):
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    return True


def _check_room(kind: str, count: int) -> None:
    if kind == "line" and count >= content.MAX_LINES:
        message = "A dialogue has %(count)s lines at most."
        raise DomainError(message, field="dialogue", count=content.MAX_LINES)
    if kind == "step" and count >= content.MAX_STEPS:
        raise DomainError("At most %(count)s steps.", field="handling", count=content.MAX_STEPS)


class Texts(NamedTuple):
    """Of what was found in a case: these texts; None for all that nobody has confirmed."""

    texts: Collection[str] | None


def texts_to_replace(do: str) -> Texts | None:
    """What the buttons `hide-all` and `hide:<text>` ask for; None for other buttons."""
    if do == "hide-all":
        return Texts(None)
    verb, _, text = do.partition(":")
    return Texts({text}) if verb == "hide" and text else None


def text_to_confirm(do: str) -> str:
    """The text that the button `harmless:<text>` says is nobody's; empty for other buttons."""
    verb, _, text = do.partition(":")
    return text if verb == "harmless" else ""


def sides_of(texts: dict[str, Localized]) -> dict[str, str]:
    return {
        f"{name}_{side}": getattr(text, side)
        for name, text in texts.items()
        for side in ("zh", "en")
    }


def pair(form: Form, name: str) -> Localized:
    return Localized(form[f"{name}_zh"].data, form[f"{name}_en"].data)


def _tags(text: str) -> Sequence[str]:
    words = text.replace("，", ",").replace("、", ",").split(",")
    return list(dict.fromkeys(w.strip()[: content.MAX_TAG] for w in words if w.strip()))[
        : content.MAX_TAGS
    ]
