"""Forms of the case review."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from lms.plugins.api import Localized, pick
from lms.plugins.casereviews import closing, comments, picking


def _clean(value: str | None) -> str:
    return (value or "").replace("\0", "").replace("\r\n", "\n").strip()


class VoteForm(FlaskForm):  # type: ignore[misc]
    option = RadioField(
        _l("Your choice"), [InputRequired(_l("Choose one of the options."))], coerce=int
    )

    def __init__(self, options: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.option.choices = [(number, pick(text)) for number, text in enumerate(options)]


class CommentForm(FlaskForm):  # type: ignore[misc]
    form_key = HiddenField()
    text = TextAreaField(
        _l("Your comment"),
        [
            InputRequired(_l("Write something first.")),
            Length(max=comments.MAX_LENGTH),
        ],
        render_kw={"rows": 3, "maxlength": comments.MAX_LENGTH},
    )


class ReasonForm(FlaskForm):  # type: ignore[misc]
    reason = StringField(_l("Reason"), [Length(max=500)])


class CloseForm(FlaskForm):  # type: ignore[misc]
    takeaway_zh = TextAreaField(
        _l("Take-away (Chinese)"), [Length(max=closing.MAX_LENGTH)], filters=[_clean],
        render_kw={"rows": 5},
    )  # fmt: skip
    takeaway_en = TextAreaField(
        _l("Take-away (English)"), [Length(max=closing.MAX_LENGTH)], filters=[_clean],
        render_kw={"rows": 5},
    )  # fmt: skip
    into_open_draft = BooleanField(_l("Add the take-away to that draft"))

    def takeaway(self) -> Localized:
        return Localized(self.takeaway_zh.data, self.takeaway_en.data)


class OptionForm(Form):  # type: ignore[misc]
    zh = StringField(_l("Chinese"), [Length(max=300)], filters=[_clean])
    en = StringField(_l("English"), [Length(max=300)], filters=[_clean])


class _Checkboxes(SelectMultipleField):  # type: ignore[misc]
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PickForm(FlaskForm):  # type: ignore[misc]
    week = SelectField(_l("Week"))
    teams = _Checkboxes(_l("Teams"), coerce=int)
    question_zh = StringField(_l("Question (Chinese)"), [Length(max=300)], filters=[_clean])
    question_en = StringField(_l("Question (English)"), [Length(max=300)], filters=[_clean])
    options = FieldList(
        FormField(OptionForm), min_entries=picking.MOST_OPTIONS, max_entries=picking.MOST_OPTIONS
    )

    def question(self) -> Localized:
        """What is asked when nothing else was typed: how one would handle it."""
        typed = Localized(self.question_zh.data, self.question_en.data)
        return typed or Localized("您会怎么处理？", "How would you handle it?")

    def chosen(self) -> list[Localized]:
        """The options that were filled in."""
        rows = [Localized(row.form.zh.data, row.form.en.data) for row in self.options]
        return [row for row in rows if row]
