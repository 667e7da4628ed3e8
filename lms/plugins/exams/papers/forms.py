"""The exam's settings as a form. Times are those of the organisation's clocks."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from lms.plugins.api import (
    Audience,
    DomainError,
    Localized,
    SelectMultipleCheckboxField,
    error_message,
    zone,
)
from lms.plugins.exams.models import Exam
from lms.plugins.exams.papers.editing import Settings
from lms.plugins.exams.papers.rules import SHOWABLE, Rules, Scoring, Shown
from lms.plugins.exams.papers.rules import read as read_rules
from lms.plugins.exams.papers.sections import (
    DIFFICULTIES,
    UNSAID,
    Section,
    sections_of,
    with_worth,
)

_WALL = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_APART = re.compile(r"[\s,，、;；]+")
_SHOWN = (
    (Shown.HANDED_IN, _l("As soon as it is handed in")),
    (Shown.CLOSED, _l("After the exam has closed")),
    (Shown.NEVER, _l("Never")),
)
_SCORINGS = (
    (Scoring.ALL, _l("All right or nothing")),
    (Scoring.PARTIAL, _l("A part for some of the right ones, nothing once a wrong one is ticked")),
    (Scoring.MINUS, _l("Right ones less wrong ones, never below nothing")),
)
DRAWN, FIXED = "drawn", "fixed"
_HOW = ((DRAWN, _l("Drawn at random")), (FIXED, _l("These, and no others")))
BY_POLICY = ""
_MARKERS = (
    (BY_POLICY, _l("As many as the policy “Marking of exams” says")),
    ("1", _l("One person")),
    ("2", _l("Two who do not see each other’s marks; a third where they are far apart")),
)
DEFAULT_TRAINING, NO_TRAINING = "default", ""


def _clean(value: str | None) -> str:
    return (value or "").replace("\0", "").strip()


class SectionForm(Form):  # type: ignore[misc]
    """`questions`: keys of the bank, in the order they are asked; `key=3` for points of its own."""

    title_zh = StringField(_l("Title (Chinese)"), [Length(max=200)], filters=[_clean])
    title_en = StringField(_l("Title (English)"), [Length(max=200)], filters=[_clean])
    bank = SelectField(_l("Question bank"), coerce=int)
    how = SelectField(_l("Which questions"))
    count = IntegerField(_l("How many"), [Optional()])
    points = IntegerField(_l("Points each"), [Optional()], default=1)
    tags = StringField(_l("With one of the tags"), [Length(max=1000)], filters=[_clean])
    difficulties = SelectMultipleCheckboxField(_l("Difficulty"), [Optional()], coerce=int)
    questions = TextAreaField(_l("Keys of the questions"), [Length(max=20_000)], filters=[_clean])

    def drawn(self) -> Section:
        """The section as one that is drawn."""
        bank = self.bank.data if isinstance(self.bank.data, int) else 0
        tags = tuple(dict.fromkeys(_split(self.tags.data)))
        levels = tuple(self.difficulties.data or ())
        title = Localized(self.title_zh.data, self.title_en.data)
        count, points = self.count.data or UNSAID, self.points.data or 0
        return Section(title, bank, tags, levels, count, points)


class ExamForm(FlaskForm):  # type: ignore[misc]
    key = HiddenField(validators=[Length(max=64)])
    base = HiddenField()
    title_zh = StringField(_l("Title (Chinese)"), [Length(max=200)], filters=[_clean])
    title_en = StringField(_l("Title (English)"), [Length(max=200)], filters=[_clean])
    minutes = IntegerField(_l("Minutes"), [InputRequired(_l("Enter a number."))], default=30)
    pass_mark = IntegerField(
        _l("Pass mark in percent"), [InputRequired(_l("Enter a number."))], default=80
    )
    max_attempts = IntegerField(_l("Attempts"), [Optional()])
    cooldown_minutes = IntegerField(_l("Minutes between attempts"), [Optional()])
    sections = FieldList(FormField(SectionForm), min_entries=1, max_entries=20)
    opens_at = DateTimeLocalField(_l("Opens"), [Optional()], format=_WALL)
    closes_at = DateTimeLocalField(_l("Closes"), [Optional()], format=_WALL)
    shuffle_questions = BooleanField(_l("Shuffle the questions of a section"), default=True)
    shuffle_options = BooleanField(_l("Shuffle the options of a question"), default=True)
    scoring = SelectField(_l("Questions with several right options"))
    negative = IntegerField(
        _l("A wrong answer costs, in percent of its points"), [Optional()], default=0
    )
    show_score = SelectField(_l("The score (passed or not is always told)"))
    show_answers = SelectField(_l("What the person answered"))
    show_key = SelectField(_l("Right answers"))
    show_explanations = SelectField(_l("Explanations"))
    is_alone = BooleanField(_l("Can be sat by itself, outside any course"))
    training = SelectField(_l("Extra training after repeated failures"))
    markers = SelectField(_l("Who marks an answer in words"), default=BY_POLICY)

    def offer(self, banks: Sequence[tuple[int, str]], trainings: Mapping[str, str]) -> None:
        """Fill the choices: banks by id, courses by key."""
        for entry in self.sections:
            entry.form.bank.choices = list(banks)
            entry.form.how.choices = list(_HOW)
            entry.form.difficulties.choices = [(n, str(n)) for n in DIFFICULTIES]
        self.scoring.choices = list(_SCORINGS)
        for name in SHOWABLE:
            self[name].choices = list(_SHOWN)
        self.training.choices = [
            (DEFAULT_TRAINING, _l("The retraining aimed at exams")),
            *trainings.items(),
            (NO_TRAINING, _l("No extra training")),
        ]
        self.markers.choices = list(_MARKERS)

    def settings(
        self, audience: Audience | None, keys: Any, *, is_to_pick: bool = False
    ) -> Settings:
        """What was typed; DomainError for what cannot be. `keys(bank, texts)` finds questions.
        `is_to_pick`: fixed questions are chosen next, on a page of their own."""
        raw: dict[str, Any] = {
            "opens_at": _instant(self.opens_at.data, "opens_at"),
            "closes_at": _instant(self.closes_at.data, "closes_at"),
            "negative": self.negative.data or 0,
            "training": None if self.training.data == DEFAULT_TRAINING else self.training.data,
            "markers": int(self.markers.data) if self.markers.data else None,
        }
        for name in ("shuffle_questions", "shuffle_options", "scoring", *SHOWABLE):
            raw[name] = getattr(self, name).data
        if self.is_alone.data and audience is not None:
            raw["audience"] = audience.as_json()
        return Settings(
            title=Localized(self.title_zh.data, self.title_en.data),
            sections=[
                self._section(n, entry.form, keys, is_to_pick)
                for n, entry in enumerate(self.sections)
            ],
            rules=read_rules(raw),
            minutes=self.minutes.data,
            pass_mark=self.pass_mark.data,
            max_attempts=self.max_attempts.data,
            cooldown_minutes=self.cooldown_minutes.data,
        )

    def _section(self, number: int, form: SectionForm, keys: Any, is_to_pick: bool) -> Section:
        drawn = form.drawn()
        named = [_worth(each) for each in _split(form.questions.data)]
        # While nothing is picked, it goes on drawing.
        if form.how.data != FIXED or (is_to_pick and not named and form.count.data):
            return drawn
        if not named and not is_to_pick:
            raise DomainError(
                "Pick the questions of this section, or name them, one a line.",
                field=f"sections-{number}-questions",
            )
        try:
            questions = keys(form.bank.data, [key for key, _ in named])
        except DomainError as error:
            raise DomainError(
                error.message, field=f"sections-{number}-questions", **error.params
            ) from None
        fixed = Section(drawn.title, drawn.bank_id, points=drawn.points, questions=questions)
        return with_worth(fixed, [drawn.points if own is None else own for _, own in named])

    def refuse(self, error: DomainError) -> None:
        """Put the message beside its field, also inside a section."""
        field: Any = getattr(self, error.field or "", None)
        parts = (error.field or "").split("-")
        if parts[0] == "sections" and len(parts) == 3 and int(parts[1]) < len(self.sections):
            field = self.sections[int(parts[1])].form[parts[2]]
        if field is None:
            self.form_errors.append(error_message(error))
        else:
            field.errors = [*field.errors, error_message(error)]


class GrantForm(FlaskForm):  # type: ignore[misc]
    staff_no = StringField(
        _l("Staff number"), [InputRequired(_l("Enter a staff number."))], filters=[_clean]
    )
    minutes = IntegerField(_l("More minutes"), [Optional()])
    reason = StringField(_l("Reason"), [Length(max=500)], filters=[_clean])


def values_of(exam: Exam, rules: Rules, keys: Mapping[int, str]) -> dict[str, Any]:
    """The form's values for an exam there is; `keys`: of its fixed questions, by id."""
    return {
        "base": exam.number,
        "title_zh": exam.title.zh,
        "title_en": exam.title.en,
        **{
            name: getattr(exam, name)
            for name in ("key", "minutes", "pass_mark", "max_attempts", "cooldown_minutes")
        },
        **{
            name: getattr(rules, name)
            for name in ("shuffle_questions", "shuffle_options", "scoring", "negative", *SHOWABLE)
        },
        "opens_at": _on_wall(rules.opens_at),
        "closes_at": _on_wall(rules.closes_at),
        "is_alone": rules.audience is not None,
        "training": DEFAULT_TRAINING if rules.training is None else rules.training,
        "markers": BY_POLICY if rules.markers is None else str(rules.markers),
        "sections": [_section_values(section, keys) for section in sections_of(exam)],
    }


def _section_values(section: Section, keys: Mapping[int, str]) -> dict[str, Any]:
    return {
        "title_zh": section.title.zh,
        "title_en": section.title.en,
        "bank": section.bank_id,
        "how": FIXED if section.is_fixed else DRAWN,
        "count": section.size,
        "points": section.points,
        "tags": ", ".join(section.tags),
        "difficulties": list(section.difficulties),
        "questions": "\n".join(
            keys[q] if worth == section.points else f"{keys[q]}={worth}"
            for q in section.questions
            if q in keys and (worth := section.points_of(q))
        ),
    }


def _worth(named: str) -> tuple[str, int | None]:
    """`q-7=3`: the key, and the points of that question alone."""
    key, _is, points = named.rpartition("=")
    is_said = key and points.isascii() and points.isdecimal() and len(points) < 4
    return (key, int(points)) if is_said else (named, None)


def _split(text: str | None) -> list[str]:
    return [part for part in _APART.split(text or "") if part]


def _instant(wall: datetime | None, field: str) -> datetime | None:
    if wall is None:
        return None
    at = wall.replace(tzinfo=zone()).astimezone(UTC)
    if at.astimezone(zone()).replace(tzinfo=None) != wall:
        raise DomainError(
            "The clocks go forward then: there is no such time on that day.", field=field
        )
    return at


def _on_wall(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(zone()).replace(tzinfo=None)
