"""A lesson from a case: a step with its text and check question, in a programme’s draft."""

import re
from datetime import datetime
from typing import Any, NamedTuple
from zlib import crc32

from sqlalchemy import select

from lms.audit import Actor
from lms.cases.models import CaseVersion
from lms.cases.uses import recording
from lms.cases.uses.models import CaseUse
from lms.cases.uses.recording import Made
from lms.courses.authoring import drafts, order, parts
from lms.courses.authoring.models import ProgrammeDraft
from lms.courses.authoring.parts import Part
from lms.courses.models import Module, Programme, Step
from lms.courses.queries import is_latest
from lms.db import Localized, Session
from lms.errors import DomainError, NotFound

KIND = "lesson"
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")
_HEADS = {
    "zh": ("发生了什么", "对话", "怎么处理的", "结果", "带走什么"),
    "en": ("What happened", "The conversation", "What was done", "How it ended", "To take away"),
}
_SPEAKERS = {
    "zh": {"customer": "客户", "agent": "客服", "system": "系统"},
    "en": {"customer": "Customer", "agent": "Agent", "system": "System"},
}
_COLON = {"zh": "：", "en": ": "}
_MINUTES = 10


class Place(NamedTuple):
    """Where a lesson goes: the draft of a programme there is (by its id), a draft of one that is
    not published yet, or a new programme (`new_key` of `drafts.new_key`)."""

    programme_id: int | None = None
    draft_id: int | None = None
    new_key: str = ""


def step_of(version: CaseVersion) -> dict[str, Any]:
    """The step as the draft of a programme has it; a language the case lacks stays empty."""
    return {
        "kind": "lesson",
        "title": _both(version.title),
        "minutes": _MINUTES,
        "body": {side: _text(version, side) for side in ("zh", "en")},
        "check": _check(version),
    }


def add(
    session: Session, version_id: int, place: Place, *, replace: bool = False, actor: Actor,
    now: datetime,
) -> CaseUse:  # fmt: skip
    """Put the lesson into the draft. A programme has one lesson of a case: the second time it gets
    the text of this version, and its check question where nobody has changed that.

    DomainError on `replace` if somebody has changed the text and it is not said to `replace` it.
    """
    version = recording.published(session, version_id)
    draft = _draft(session, version, place, actor, now)
    key = f"case-{version.case_id}"
    new = {"key": key, **step_of(version)}
    if any(step["key"] == key for _, step in parts.steps(draft.document)):
        had = parts.content(draft.document, Part("step", key))
        ours = [new, *_made_before(session, draft.key, key)]
        if not replace and all(had.get("body") != one["body"] for one in ours):
            raise DomainError(
                "Somebody has changed the text of this lesson. Tick the box to replace it, or "
                "write what is new into it.", field="replace",
            )  # fmt: skip
        is_check_ours = any(had.get("check") == one["check"] for one in ours)
        check = {"check": new["check"]} if is_check_ours else {}
        drafts.save(
            session, draft.id, Part("step", key), {**had, "body": new["body"], **check},
            was=parts.digest(had), actor=actor, now=now,
        )  # fmt: skip
    else:
        _append(session, draft, key, new, actor, now)
    ref = f"{draft.key}/{key}"
    renew_url = f"/cases/versions/{{version}}/lesson?programme={draft.key}"
    made = Made(KIND, ref, version.title, renew_url=renew_url)
    return recording.record(session, version_id, made, actor=actor, now=now)


def _made_before(session: Session, programme_key: str, step_key: str) -> list[dict[str, Any]]:
    """The step as it was made from the version that it is remembered with."""
    use = of_step(session, programme_key, step_key)
    return [step_of(session.get_one(CaseVersion, use.version_id))] if use else []


def _append(
    session: Session,
    draft: ProgrammeDraft,
    key: str,
    new: dict[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    modules = parts.modules(draft.document)
    into = modules[-1]["key"] if modules else "cases"
    if not modules:
        title = {"zh": "案例", "en": "Cases"}
        order.add(session, draft.id, Part("module", into), {"title": title}, actor=actor, now=now)
    order.add(session, draft.id, Part("step", key), new, into=into, actor=actor, now=now)


def _draft(
    session: Session, version: CaseVersion, place: Place, actor: Actor, now: datetime
) -> ProgrammeDraft:
    if place.programme_id is not None:
        return drafts.begin(session, place.programme_id, actor=actor, now=now)
    if place.draft_id is not None:
        return drafts.one(session, place.draft_id)
    if not place.new_key:
        raise DomainError("Choose a programme.", field="place")
    zh, en = version.title.pick("zh"), version.title.pick("en")
    title = _both(Localized(f"案例课：{zh}", f"Case lesson: {en}"))
    return drafts.new(session, place.new_key, title, "topic", None, actor=actor, now=now)


def place_of(session: Session, programme_key: str) -> Place:
    """Where the programme of this key is written; NotFound if it is gone."""
    programme_id = session.scalar(select(Programme.id).where(Programme.key == programme_key))
    if programme_id is not None:
        return Place(programme_id=programme_id)
    draft_id = session.scalar(select(ProgrammeDraft.id).where(ProgrammeDraft.key == programme_key))
    if draft_id is None:
        raise NotFound("This programme does not exist.")
    return Place(draft_id=draft_id)


def where(session: Session, use: CaseUse) -> tuple[str, int] | None:
    """Where the lesson stands: (`draft`, its id) or (`programme`, its id); None if it is gone."""
    programme_key, _sep, step_key = use.ref.partition("/")
    draft = session.scalar(select(ProgrammeDraft).where(ProgrammeDraft.key == programme_key))
    if draft and any(step["key"] == step_key for _, step in parts.steps(draft.document)):
        return "draft", draft.id
    programme_id = session.scalar(
        select(Programme.id)
        .join(Programme.versions)
        .join(Module)
        .join(Step)
        .where(Programme.key == programme_key, Step.key == step_key, is_latest())
    )
    return ("programme", programme_id) if programme_id else None


def of_step(session: Session, programme_key: str, step_key: str) -> CaseUse | None:
    """What the step of a programme was made from, if it was."""
    return session.scalar(
        select(CaseUse).where(CaseUse.kind == KIND, CaseUse.ref == f"{programme_key}/{step_key}")
    )


def _text(version: CaseVersion, side: str) -> str:
    """Markdown of one language; nothing if the case says nothing in it."""
    if not getattr(version.scenario, side):
        return ""
    lines = [
        f"> **{_SPEAKERS[side][line['who']]}**{_COLON[side]}{_plain(line[side])}"
        for line in version.dialogue
        if line.get(side)
    ]
    steps = [step[side] for step in version.handling if step.get(side)]
    bodies = (
        _plain(getattr(version.scenario, side)),
        "\n>\n".join(lines),
        "\n".join(f"{n}. {_plain(step)}" for n, step in enumerate(steps, 1)),
        _plain(getattr(version.result, side)),
        getattr(version.lessons, side).strip(),
    )
    sections = zip(_HEADS[side], bodies, strict=True)
    return "\n\n".join(f"## {head}\n\n{body}" for head, body in sections if body)


def _plain(text: str) -> str:
    """What people wrote as plain text, in Markdown."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))


def _check(version: CaseVersion) -> dict[str, Any]:
    """Asks for the first step of the handling among the others; always in the same place in one
    case, in another one in another."""
    steps = [dict(step) for step in version.handling[:4]]
    first, options = steps[:1], steps[:0:-1]
    place = crc32(str(version.case_id).encode()) % len(steps) if steps else 0
    options[place:place] = first
    lesson = {
        side: next((row.strip("- ") for row in getattr(version.lessons, side).splitlines()), "")
        for side in ("zh", "en")
    }
    return {
        "question": {
            "zh": "这个案例里，客服首先做的是什么？",
            "en": "What did the agent do first in this case?",
        },
        "options": [_both(Localized.of(step)) for step in options],
        "answer": place + len(first),
        "explanation": _both(Localized.of(lesson)),
    }


def _both(text: Localized) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
