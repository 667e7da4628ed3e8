"""Pictures and recordings of a question within a Moodle XML file."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from lms.plugins.api import FILE_KINDS, DomainError, FileFamily, upload_path
from lms.plugins.exams.importing.embedded import PLACE

OF_QUESTION = -1


@dataclass(frozen=True, order=True)
class Shown:
    """`option`: the number of the option that it belongs to, or `OF_QUESTION`; `alt`: its words."""

    sha256: str
    option: int
    kind: str
    alt: str

    @property
    def name(self) -> str:
        """Says nothing; the same for the same file."""
        return f"{self.sha256[:16]}.{FILE_KINDS[self.kind].suffixes[0]}"


def shown_of(entry: Mapping[str, Any], said: Callable[[Any], str]) -> list[Shown]:
    return [
        Shown(i["sha256"], i.get("option", 0) - 1, i["kind"], said(i["alt"]))
        for i in entry.get("media", ())
    ]


def as_html(text: str) -> str:
    return f"<p>{escape(text, quote=False).replace(chr(10), '<br>')}</p>"


def put(element: Element, html: str, shown: Sequence[Shown]) -> None:
    """The text with what it shows behind it, and the files beside it."""
    element.set("format", "html")
    lines = [html, *(f"<p>{_tag(item)}</p>" for item in shown)]
    SubElement(element, "text").text = "\n".join(lines)
    for item in shown:
        file = SubElement(element, "file", name=item.name, path="/", encoding="base64")
        file.text = base64.b64encode(_content(item)).decode()


def _tag(item: Shown) -> str:
    source = f'src="{PLACE}{item.name}"'
    if FILE_KINDS[item.kind].family is FileFamily.AUDIO:
        return f'<audio controls="controls" title="{escape(item.alt)}"><source {source}></audio>'
    return f'<img {source} alt="{escape(item.alt)}">'


def _content(item: Shown) -> bytes:
    path = upload_path(item.sha256)
    if not path.is_file():
        raise DomainError("%(name)s is missing.", name=item.name)
    return path.read_bytes()
