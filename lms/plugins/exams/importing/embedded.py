"""Pictures and recordings within a Moodle XML file: `<file>` beside the text that shows it."""

import base64
import binascii
import io
from collections.abc import Iterator
from contextlib import suppress
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lms.plugins.api import N_, DomainError, clean_name, describe_file
from lms.plugins.exams.importing.drafts import Draft, Embedded
from lms.plugins.exams.media.items import FAMILIES, WITH_OPTIONS
from lms.plugins.exams.models import LETTERS

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

PLACE = "@@PLUGINFILE@@/"
_NOT_TAKEN = N_("Its pictures are not taken over.")
_WITHOUT_WORDS = N_("%(name)s comes without words for those who cannot see or hear it: add them.")


class _References(HTMLParser):
    """What a text shows: addresses, with the words that stand for them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in {"audio", "video"}:
            self._words = said.get("title", "")
        if tag == "a" and said.get("href", "").startswith(PLACE):
            self.found.append((said["href"], said.get("title", "")))
        elif tag in {"img", "audio", "video", "source"} and said.get("src"):
            self.found.append((said["src"], said.get("alt") or self._words))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"audio", "video"}:
            self._words = ""


def take_files(draft: Draft, element: "Element") -> None:
    """Those of the question and of its options; adds to `draft.reasons` what is no picture and no
    recording, and to `draft.notes` what stays behind."""
    places: list[tuple[Element | None, int | None]] = [(element.find("questiontext"), None)]
    if draft.type in WITH_OPTIONS:
        places += [(answer, number) for number, answer in enumerate(element.findall("answer"))]
    for place, option in places:
        if place is not None:
            draft.files += _files(draft, place, option)
    taken = [place for place, _ in places]
    others = (e for e in element.iter() if e not in taken and e.find("text") is not None)
    if any(next(_references(other), None) for other in others):
        _note(draft, DomainError(_NOT_TAKEN))


def _references(element: "Element") -> Iterator[tuple[str, str]]:
    if element.get("format", "html") in ("html", "moodle_auto_format", "markdown"):
        reader = _References()
        with suppress(AssertionError):  # of the library, for a declaration that is none: <![foo[
            reader.feed(element.findtext("text") or "")
        said: dict[str, str] = {}
        for address, words in reader.found:
            said[address] = said.get(address) or words
        yield from said.items()


def _files(draft: Draft, element: "Element", option: int | None) -> Iterator[Embedded]:
    there = {file.get("name", ""): file for file in element.findall("file")}
    for address, words in _references(element):
        name = unquote(address.removeprefix(PLACE).partition("?")[0]).rpartition("/")[2]
        if not address.startswith(PLACE) or name not in there:
            _note(draft, DomainError(_NOT_TAKEN))
            continue
        try:
            found = _embedded(there[name].text or "", clean_name(name), words.strip(), option)
        except DomainError as error:
            draft.reasons.append(error)
            continue
        if not found.words:
            _note(draft, DomainError(_WITHOUT_WORDS, name=found.name))
        if option is not None and not draft.options[option].strip():
            draft.options[option] = found.words or LETTERS[option % len(LETTERS)]
        yield found


def _embedded(text: str, name: str, words: str, option: int | None) -> Embedded:
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise DomainError("%(name)s is damaged.", name=name) from None
    described = describe_file(io.BytesIO(content), name, FAMILIES)
    return Embedded(name, content, described, words, option)


def _note(draft: Draft, note: DomainError) -> None:
    if str(note) not in [str(other) for other in draft.notes]:
        draft.notes.append(note)
