"""Every code that is written to the audit log has a name in both languages."""

import re
from pathlib import Path

from flask import Flask

import lms
from lms.rules.audit_words import CORE, action_name, subject_name

_CALL = re.compile(
    r"(?:audit\.record|(?<!def )(?:record_all|_note|_keep|_add|note_reading))"
    r"\((.*?)\)(?:  # fmt: skip)?\n",
    re.DOTALL,
)
_CODE = re.compile(r'"([a-z_]+\.[a-z_]+)"')
_SUBJECT = re.compile(r'\("([a-z_]+)", ')


def calls() -> list[str]:
    files = Path(lms.__file__).parent.rglob("*.py")
    return [found for path in files for found in _CALL.findall(path.read_text("utf-8"))]


def test_every_action_has_a_name(app: Flask) -> None:
    codes = {code for call in calls() for code in _CODE.findall(call)}
    assert len(codes) > 40
    assert sorted(c for c in codes if action_name(c).zh == c) == []
    assert sorted(set(CORE) - codes) == []


def test_every_subject_has_a_name(app: Flask) -> None:
    kinds = {kind for call in calls() for kind in _SUBJECT.findall(call)}
    assert sorted(k for k in kinds if subject_name(k).zh == k) == []
