"""A text in a Markdown file: as it is wherever that can be read back, else in quotes.

In quotes means a JSON string in a code span: `"two spaces at the end  "`. So any text comes back.
"""

import json
import re
import unicodedata

_HEADING = re.compile(r"\\*#{1,3}( |$)")
_ODD = {"Cc", "Cs", "Zl", "Zp"}


def write(text: str) -> str:
    return text if _is_plain(text) else f"`{json.dumps(text, ensure_ascii=True)}`"


def read(written: str) -> str:
    """ValueError for quotes that are not a text's."""
    if not _is_quoted(written):
        return written
    found = json.loads(written[1:-1])
    if not isinstance(found, str):
        raise ValueError("no text")
    return found


def _is_plain(text: str) -> bool:
    odd = (unicodedata.category(sign) in _ODD for sign in text if sign != "\n")
    return bool(text) and text == text.strip() and not _is_quoted(text) and not any(odd)


def _is_quoted(text: str) -> bool:
    return len(text) > 3 and text.startswith('`"') and text.endswith('"`') and "\n" not in text


def below_heading(text: str) -> str:
    """A text of its own lines: what looks like a heading of the file gets a backslash before it."""
    rows = write(text).split("\n")
    return "\n".join("\\" + row if _HEADING.match(row) else row for row in rows)


def from_lines(rows: list[str]) -> str:
    """The text again from the lines below a heading."""
    kept = [row[1:] if row.startswith("\\") and _HEADING.match(row) else row for row in rows]
    return read("\n".join(kept).strip("\n"))
