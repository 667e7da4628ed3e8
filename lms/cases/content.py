"""What a case says, as one value: from the editor's form or a file, into a version."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from typing import Any

from lms.cases.models import CaseVersion, Outcome, Stage
from lms.db import Localized
from lms.errors import DomainError
from lms.people.models import Channel

WHO = ("customer", "agent", "system")
LEVELS = (0, 1, 2, 3)
MAX_LINES, MAX_STEPS, MAX_TAGS, MAX_TAG = 80, 20, 12, 30
_MOST = {"title": 200, "category": 200, "dialogue": 2000, "handling": 2000}
TEXTS = ("category", "title", "scenario", "result", "lessons")


@dataclass(frozen=True)
class Line:
    who: str
    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class CaseContent:
    """All that readers see of a case. Texts in one language at least; `level` 0 is no complaint."""

    stage: str
    channel: str
    complaint_level: int
    outcome: str
    title: Localized
    category: Localized = field(default_factory=Localized)
    scenario: Localized = field(default_factory=Localized)
    result: Localized = field(default_factory=Localized)
    lessons: Localized = field(default_factory=Localized)
    tags: Mapping[str, Sequence[str]] = field(default_factory=lambda: {"zh": (), "en": ()})
    dialogue: Sequence[Line] = ()
    handling: Sequence[Localized] = ()

    def columns(self) -> dict[str, Any]:
        """The values of the columns of `CaseVersion`."""
        return {
            "stage": self.stage,
            "channel": self.channel,
            "complaint_level": self.complaint_level,
            "outcome": self.outcome,
            **{name: getattr(self, name) for name in TEXTS},
            "tags": {side: list(self.tags.get(side, ())) for side in ("zh", "en")},
            "dialogue": [asdict(line) for line in self.dialogue],
            "handling": [asdict(step) for step in self.handling],
        }

    def digest(self) -> str:
        """Equal for equal content."""
        plain = {k: asdict(v) if isinstance(v, Localized) else v for k, v in self.columns().items()}
        return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()

    def says_the_same(self, other: "CaseContent") -> bool:
        """Apart from line breaks at the end of a text, which not every file keeps."""
        return bool(_trimmed(self.columns()) == _trimmed(other.columns()))

    def write_to(self, version: CaseVersion) -> None:
        for name, value in self.columns().items():
            setattr(version, name, value)


def _trimmed(value: Any) -> Any:
    if isinstance(value, Localized):
        value = asdict(value)
    if isinstance(value, dict):
        return {name: _trimmed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_trimmed(each) for each in value]
    return value.rstrip("\n") if isinstance(value, str) else value


def of(version: CaseVersion) -> CaseContent:
    return CaseContent(
        stage=version.stage,
        channel=version.channel,
        complaint_level=version.complaint_level,
        outcome=version.outcome,
        **{name: getattr(version, name) for name in TEXTS},
        tags=version.tags,
        dialogue=[Line(**line) for line in version.dialogue],
        handling=[Localized(**step) for step in version.handling],
    )


def what_is_right(version: CaseVersion) -> list[dict[str, str]]:
    """What to do, point by point: the handling; where that went wrong, the lessons."""
    if version.outcome != Outcome.FAILURE:
        return [dict(step) for step in version.handling]
    rows = [
        [
            text.strip("-* \t")
            for text in getattr(version.lessons, side).splitlines()
            if text.strip()
        ]
        for side in ("zh", "en")
    ]
    return [{"zh": zh, "en": en} for zh, en in zip_longest(*rows, fillvalue="")]


def check_draft(content: CaseContent) -> None:
    """What even a draft must have; DomainError names the field."""
    known = (
        ("stage", content.stage, tuple(Stage)),
        ("channel", content.channel, tuple(Channel)),
        ("outcome", content.outcome, tuple(Outcome)),
        ("complaint_level", content.complaint_level, LEVELS),
    )
    for name, value, choices in known:
        if value not in choices:
            raise DomainError("This is not one of the choices.", field=name)
    if not content.title:
        raise DomainError("Give the case a title in one language at least.", field="title_zh")
    if len(content.dialogue) > MAX_LINES:
        raise DomainError(
            "A dialogue has %(count)s lines at most.", field="dialogue", count=MAX_LINES
        )
    if len(content.handling) > MAX_STEPS:
        raise DomainError("At most %(count)s steps.", field="handling", count=MAX_STEPS)


def is_text(said: str) -> bool:
    """Whether a database takes it: no NUL, and no half of a sign (JSON can write one)."""
    return "\0" not in said and not any("\ud800" <= sign <= "\udfff" for sign in said)


def check_sizes(content: CaseContent) -> None:
    """As long as the editor takes them, for what comes from files; DomainError names the field."""
    texts = [(name, getattr(content, name)) for name in TEXTS]
    texts += [("dialogue", Localized(line.zh, line.en)) for line in content.dialogue]
    texts += [("handling", step) for step in content.handling]
    for name, text in texts:
        most = _MOST.get(name, 8000)
        if max(len(text.zh), len(text.en)) > most:
            raise DomainError("At most %(count)s characters.", field=name, count=most)
        if not is_text(text.zh + text.en):
            raise DomainError("This holds a sign that no text has.", field=name)
    for words in content.tags.values():
        if len(words) > MAX_TAGS or any(len(w) > MAX_TAG or not is_text(w) for w in words):
            raise DomainError(
                "At most %(count)s tags of %(most)s characters.",
                field="tags", count=MAX_TAGS, most=MAX_TAG,
            )  # fmt: skip


def missing(content: CaseContent) -> Iterator[DomainError]:
    """Everything a reviewer needs to see and does not, in the order of the page; each names its
    field."""
    try:
        check_draft(content)
    except DomainError as error:
        yield error
    if not content.scenario:
        yield DomainError("Describe the scenario first.", field="scenario_zh")
    speakers = {line.who for line in content.dialogue}
    if not {"customer", "agent"} <= speakers:
        yield DomainError(
            "The dialogue needs a line of the customer and one of the agent.", field="dialogue"
        )
    if not content.handling:
        yield DomainError("Say what was done: at least one step of the handling.", field="handling")
    if not content.lessons:
        yield DomainError("Write what is to be learnt from it.", field="lessons_zh")


def check_complete(content: CaseContent) -> None:
    """Refuses what a reviewer could not read; DomainError names the first thing missing."""
    for error in missing(content):
        raise error
