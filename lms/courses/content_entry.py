"""One mapping of a content file, read field by field; what is wrong is named by file and field."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from lms.errors import DomainError
from lms.i18n import N_

# More days, minutes or months than this no calendar holds.
_MOST = 1_000_000
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Refused(DomainError):
    """What is wrong (`why`) and where (`place`: ``modules[2].steps[1].minutes``) in a document."""

    def __init__(self, file: str, place: str, why: DomainError) -> None:
        super().__init__(N_("%(file)s, %(place)s: %(why)s"), file=file, place=place, why=str(why))
        self.place, self.why = place, why


class Entry:
    """`file` and `where` (``modules[2].steps[1]``) say in messages which mapping this is."""

    def __init__(self, file: str, raw: Mapping[str, Any], where: str = "") -> None:
        self.file, self.raw, self.where = file, raw, where

    def refuse(self, name: str, why: str | DomainError, /, **params: Any) -> Refused:
        """`why` as a message id with its `params`, or as the refusal of somebody else."""
        reason = DomainError(why, **params) if isinstance(why, str) else why
        return Refused(self.file, self._at(name), reason)

    def has(self, name: str) -> bool:
        return self.raw.get(name) is not None

    def only(self, *known: str) -> None:
        """Refuse fields nobody reads: mostly they are slips of the pen."""
        for name in self.raw:
            if name not in known:
                raise self.refuse(str(name), "There is no such field.")

    def word(self, name: str) -> str:
        value = self.raw.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(name, "This is missing.")
        return value

    def key(self) -> str:
        value = self.word("key")
        if len(value) > 64 or not _KEY.fullmatch(value):
            raise self.refuse("key", "A key is lower-case words joined by -.")
        return value

    def choice(self, name: str, known: Sequence[str]) -> str:
        value = self.word(name)
        if value not in known:
            raise self.refuse(name, "This must be one of %(known)s.", known=", ".join(known))
        return str(value)

    def flag(self, name: str) -> bool:
        value = self.raw.get(name, False)
        if not isinstance(value, bool):
            raise self.refuse(name, "This must be true or false.")
        return value

    def number(self, name: str, low: int) -> int:
        value = self.raw.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < low:
            raise self.refuse(name, "This must be a whole number, %(low)s or more.", low=low)
        if value > _MOST:
            raise self.refuse(name, "This is too large.")
        return value

    def some_of(self, name: str, known: Sequence[str]) -> list[str]:
        """One or more of the known words, each once."""
        value = self.raw.get(name)
        if not isinstance(value, list) or not value or len(value) != len({*map(str, value)}):
            raise self.refuse(name, "This must be a list, each once.")
        for word in value:
            if word not in known:
                raise self.refuse(name, "This must be one of %(known)s.", known=", ".join(known))
        return [str(word) for word in value]

    def keys(self, name: str) -> list[str]:
        """A list of keys, which may be empty."""
        value = self.raw.get(name)
        if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
            raise self.refuse(name, "This must be a list of keys.")
        if len(set(value)) < len(value):
            raise self.refuse(name, "A key stands here twice.")
        return list(value)

    def text(self, name: str) -> dict[str, str]:
        value: Any = self.raw.get(name)
        if not is_bilingual(value):
            raise self.refuse(name, "This needs a text in zh and one in en.")
        return {"zh": value["zh"], "en": value["en"]}

    def some_text(self, name: str) -> dict[str, str]:
        """A text in one language at least, as people may write it on screen."""
        value: Any = self.raw.get(name)
        return Entry(self.file, value if isinstance(value, Mapping) else {}, self._at(name)).some()

    def some(self) -> dict[str, str]:
        """The mapping itself as such a text; what is not `zh` or `en` in it is left to others."""
        found = {side: self.raw.get(side) or "" for side in ("zh", "en")}
        if not all(isinstance(text, str) for text in found.values()):
            raise self.refuse("zh", "This must be a text.")
        if not any(text.strip() for text in found.values()):
            raise self.refuse("zh", "This needs a text in one language at least.")
        return found

    def _at(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def entry(self, name: str) -> "Entry":
        value = self.raw.get(name)
        if not isinstance(value, Mapping):
            raise self.refuse(name, "This must be a mapping.")
        return Entry(self.file, value, self._at(name))

    def entries(self, name: str) -> list["Entry"]:
        value = self.raw.get(name)
        if not isinstance(value, list) or not value:
            raise self.refuse(name, "This must be a list with at least one entry.")
        found = []
        for number, item in enumerate(value, 1):
            place = f"{self._at(name)}[{number}]"
            if not isinstance(item, Mapping):
                raise Refused(self.file, place, DomainError("This must be a mapping."))
            found.append(Entry(self.file, item, place))
        return found


def is_bilingual(value: Any) -> bool:
    """Whether the value is a mapping with a non-empty text in `zh` and in `en`."""
    return isinstance(value, Mapping) and all(
        isinstance(text, str) and text.strip() for text in (value.get("zh"), value.get("en"))
    )
