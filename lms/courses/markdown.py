"""Markdown of lessons as safe HTML.

Two departures from plain CommonMark. Emphasis works beside Chinese text: `**“文字”**后面` is bold,
though CommonMark wants a space after a closing mark that follows punctuation, which Chinese never
has. And a table scrolls inside its own box, so that a phone's page never moves sideways.
"""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_inline.state_inline import Delimiter, StateInline

_TABLE_BOX = '<div class="table-scroll" tabindex="0">\n<table>\n'
_TAGS = nh3.ALLOWED_TAGS | {"div"}
_ATTRIBUTES = {**nh3.ALLOWED_ATTRIBUTES, "div": {"class", "tabindex"}}
_CJK = ((0x2E80, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF))


@lru_cache(maxsize=512)
def to_html(text: str) -> str:
    """Sanitised HTML; raw HTML in the text is shown as text. Lessons are few, so all are kept."""
    return nh3.clean(_PARSER.render(text), tags=_TAGS, attributes=_ATTRIBUTES)


def _is_cjk(char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in _CJK)


def _is_punctuation(char: str) -> bool:
    return isMdAsciiPunct(ord(char)) or isPunctChar(char)


def _flanks(inner: str, outer: str) -> bool:
    """Whether a run of asterisks binds to the text on its inner side."""
    if isWhiteSpace(ord(inner)):
        return False
    loose = isWhiteSpace(ord(outer)) or _is_punctuation(outer) or _is_cjk(outer)
    return not _is_punctuation(inner) or _is_cjk(inner) or loose


def _asterisks(state: StateInline, silent: bool) -> bool:
    if silent or state.src[state.pos] != "*":
        return False
    start = end = state.pos
    while end < state.posMax and state.src[end] == "*":
        end += 1
    before = state.src[start - 1] if start > 0 else " "
    after = state.src[end] if end < state.posMax else " "
    for _ in range(end - start):
        token = state.push("text", "", 0)
        token.content = "*"
        state.delimiters.append(
            Delimiter(
                marker=ord("*"),
                length=end - start,
                token=len(state.tokens) - 1,
                end=-1,
                open=_flanks(after, before),
                close=_flanks(before, after),
            )
        )
    state.pos = end
    return True


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.inline.ruler.before("emphasis", "cjk_emphasis", _asterisks)
    parser.add_render_rule("table_open", lambda *_: _TABLE_BOX)
    parser.add_render_rule("table_close", lambda *_: "</table>\n</div>\n")
    return parser


_PARSER = _parser()
