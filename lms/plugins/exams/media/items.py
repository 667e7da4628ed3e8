"""What a question says of its pictures and recordings.

An item is what `describe_file` says of the file (`sha256`, `kind`, `size`, and where known `width`,
`height`, `ms`), with `alt`, its words in both languages for those who cannot see or hear it, and
`option`: the option that it belongs to, None for the question itself. Options count from 1 in an
entry, where None is left out, and from 0 in a version.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.plugins.api import FILE_KINDS, FileFamily, Localized
from lms.plugins.exams.types.base import Wrong

FAMILIES = (FileFamily.IMAGE, FileFamily.AUDIO)
# The types whose options can have pictures of their own.
WITH_OPTIONS = frozenset({"single", "multiple", "ordering"})
MOST = 12
# A recording has all that is said in it here.
LONGEST_ALT = 4000
_SAID = ("sha256", "kind", "size", "width", "height", "ms")


def of_entry(entry: Mapping[str, Any], options: Sequence[Any]) -> list[dict[str, Any]]:
    """As a version keeps them; `Wrong` for what is none."""
    found = entry.get("media") or []
    if not isinstance(found, list) or len(found) > MOST:
        raise Wrong("media")
    count = len(options) if entry["type"] in WITH_OPTIONS else 0
    return [_item(given, count) for given in found]


def _item(given: Any, count: int) -> dict[str, Any]:
    if not isinstance(given, dict) or not {"sha256", "kind", "size"} <= set(given):
        raise Wrong("media")
    alt, option = given.get("alt"), given.get("option")
    if not isinstance(alt, (dict, str)) or not Localized.of(alt):
        raise Wrong("media")
    if option is not None and not (type(option) is int and 1 <= option <= count):
        raise Wrong("media")
    return {
        **{name: given[name] for name in _SAID if name in given},
        "alt": alt,
        "option": None if option is None else option - 1,
    }


def as_entry(media: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in item.items() if name != "option"}
        | ({} if item["option"] is None else {"option": item["option"] + 1})
        for item in media or ()
    ]


def hashes(media: Sequence[Mapping[str, Any]] | None) -> list[str]:
    """What tells two questions with the same words from each other."""
    return sorted(item["sha256"] for item in media or ())


def find(media: Sequence[Mapping[str, Any]] | None, sha256: str) -> Mapping[str, Any] | None:
    return next((item for item in media or () if item["sha256"] == sha256), None)


def is_audio(item: Mapping[str, Any]) -> bool:
    return FILE_KINDS[item["kind"]].family is FileFamily.AUDIO
