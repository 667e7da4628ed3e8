"""A case as a Markdown file: what is chosen or short in front, then a section for each text."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.cases.files import texts
from lms.cases.files.words import SECTIONS, SIDES, SPEAKERS, heading

_FRONT = ("key", "stage", "channel", "complaint_level", "outcome", "title", "category", "tags",
          "pictures")  # fmt: skip


def as_markdown(document: Mapping[str, Any]) -> str:
    """The document as a content file has it (see `dumping.case_document`), to be read again by
    `reading.parse`. Line breaks at the end of a text are not kept."""
    from lms.content_yaml import as_yaml

    front = as_yaml({name: document[name] for name in _FRONT if name in document})
    parts = [f"---\n{front}---\n"]
    for name, words in SECTIONS.items():
        if name not in document:
            continue
        parts.append(f"## {heading(words)}\n")
        if name == "dialogue":
            parts += [_row(heading(SPEAKERS[line["who"]]), line) for line in document[name]]
        elif name == "handling":
            parts += [_row(str(n), step) for n, step in enumerate(document[name], 1)]
        else:
            parts += _sides(document[name])
    return "\n".join(parts)


def _sides(text: Mapping[str, str]) -> Sequence[str]:
    found = {side: text[side].rstrip("\n") for side in SIDES if text.get(side, "").rstrip("\n")}
    return [
        f"### {SIDES[side][0]}\n\n{texts.below_heading(said)}\n" for side, said in found.items()
    ]


def _row(title: str, text: Mapping[str, str]) -> str:
    """A line of the dialogue or a step: each language an item, its further lines indented."""
    items = []
    for side, mark in (("zh", "- 中文："), ("en", "- English: ")):
        if said := text.get(side, "").rstrip("\n"):
            first, *more = texts.write(said).split("\n")
            items += [mark + first, *(f"  {row}" if row else "" for row in more)]
    return "\n".join([f"### {title}\n", *items, ""])
