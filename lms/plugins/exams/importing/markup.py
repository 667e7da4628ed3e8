"""HTML of other systems as plain text: what it says, without how it looks."""

import re
from html import unescape
from html.parser import HTMLParser

_BREAKS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4"}
_UNSEEN = {"script", "style"}


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN
        if tag in _BREAKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if self._unseen <= 0:
            self.pieces.append(re.sub(r"\s+", " ", data))


def as_plain(html: str) -> str:
    reader = _Text()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:  # of the library, for a declaration that is none: <![foo[
        reader.pieces = [unescape(re.sub(r"<[^>]*>", "\n", html))]
    lines = [line.strip() for line in "".join(reader.pieces).replace("\xa0", " ").splitlines()]
    return "\n".join(line for line in lines if line)
