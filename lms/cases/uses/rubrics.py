"""A rubric from a case: the stage's usual one, and a criterion of what was done in this case."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms.audit import Actor
from lms.cases.content import what_is_right
from lms.cases.drills import rubrics
from lms.cases.loading import latest_rubric
from lms.cases.models import CaseVersion, Rubric
from lms.cases.rubrics import checking
from lms.cases.uses import recording
from lms.cases.uses.models import CaseUse
from lms.cases.uses.recording import Made
from lms.db import Localized, Session

KIND = "rubric"
_OWN, _OWN_WEIGHT, _PASS_MARK = "case-handling", 25, 70


def suggestion(version: CaseVersion, known: Sequence[Rubric]) -> dict[str, Any]:
    """As a content file has it, less its key: the criteria of the stage's rubric with their weights
    scaled to three quarters, then the handling of this case."""
    stage = version.stage.replace("_", "-")
    base = next((rubric for rubric in known if rubric.key == stage), known[0] if known else None)
    criteria = [dict(criterion) for criterion in base.criteria] if base else []
    own = _own_criterion(what_is_right(version))
    if own:
        criteria = [c for c in criteria if c["key"] != own["key"]]
    _scale(criteria, 100 - own["weight"] if own else 100)
    return {
        "title": {"zh": version.title.zh, "en": version.title.en},
        "pass_mark": base.pass_mark if base else _PASS_MARK,
        "criteria": [*criteria, own] if own else criteria,
        "critical": list(base.critical) if base else [],
    }


def start_from(session: Session, version: CaseVersion) -> dict[str, Any]:
    """What the form begins with: the suggestion, or the rubric made from the case before; with the
    handling as this version has it, if it was made from another."""
    suggested = suggestion(version, rubrics(session))
    latest = latest_rubric(session, key_of(version))
    if latest is None:
        return suggested
    made_from = session.scalar(
        select(CaseUse.version_id).where(CaseUse.kind == KIND, CaseUse.ref == latest.key)
    )
    new = {c["key"]: c for c in suggested["criteria"] if c["key"] == _OWN}
    criteria = [
        {**c, "levels": new[c["key"]]["levels"]}
        if c["key"] in new and made_from != version.id
        else c
        for c in latest.criteria
    ]
    return {
        "title": {"zh": latest.title.zh, "en": latest.title.en},
        "pass_mark": latest.pass_mark,
        "criteria": criteria,
        "critical": list(latest.critical),
    }


def key_of(version: CaseVersion) -> str:
    return f"case-{version.case_id}"


def _scale(criteria: Sequence[dict[str, Any]], total: int) -> None:
    """Whole weights that add up to `total`; the first takes what is left over."""
    had = sum(criterion["weight"] for criterion in criteria)
    for criterion in criteria:
        criterion["weight"] = max(1, criterion["weight"] * total // had)
    if criteria:
        criteria[0]["weight"] += total - sum(criterion["weight"] for criterion in criteria)


def _own_criterion(handling: Sequence[Mapping[str, str]]) -> dict[str, Any] | None:
    if not handling:
        return None
    between = {"zh": "；", "en": "; "}
    said = {
        side: mark.join(s[side] for s in handling if s.get(side)) for side, mark in between.items()
    }
    levels = (
        ("案例中该做的都没有做", "Nothing of what this case asks for was done"),
        ("只做了一小部分，或顺序、时限都不对", "Little of it was done, or late and out of order"),
        ("做了一半左右", "About half of it was done"),
        ("基本都做了，只差一步或略有延迟", "All but one step was done, or one came late"),
        (f"全部及时做到：{said['zh']}", f"All of it, in time: {said['en']}"),
    )
    return {
        "key": _OWN,
        "title": {"zh": "按本案例的要求处理", "en": "Handled as this case asks"},
        "weight": _OWN_WEIGHT,
        "levels": [{"zh": zh, "en": en} for zh, en in levels],
    }


def make(
    session: Session, version_id: int, new: Mapping[str, Any], *, actor: Actor, now: datetime
) -> CaseUse:
    """Store the rubric under the case's own key: a new one, or the next number of what was made
    from the case before. No drill uses it until somebody chooses it there."""
    version = recording.published(session, version_id)
    key, new = key_of(version), {**new, "criteria": [c for c in new["criteria"] if c["weight"]]}
    checking.check(new)
    latest = latest_rubric(session, key)
    if latest is None or any(getattr(latest, name) != value for name, value in _row(new).items()):
        number = latest.number + 1 if latest else 1
        session.add(Rubric(key=key, number=number, created_at=now, **_row(new)))
        session.flush()
    renew_url = "/cases/versions/{version}/rubric"
    made = Made(KIND, key, Localized.of(new["title"]), renew_url=renew_url)
    return recording.record(session, version_id, made, actor=actor, now=now)


def _row(new: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": Localized.of(new["title"]),
        "pass_mark": new["pass_mark"],
        "criteria": new["criteria"],
        "critical": new["critical"],
    }
