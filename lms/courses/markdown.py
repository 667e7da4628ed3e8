"""Markdown of lessons as safe HTML.

`![what it is](file:name.mp4)` shows a file of the lesson: a picture, a player, or a PDF in the page
with a link to it; `[text](file:name.pdf)` only leads to it.

Two departures from plain CommonMark. Emphasis works beside Chinese text: `**“文字”**后面` is bold,
though CommonMark wants a space after a closing mark that follows punctuation, which Chinese never
has. And a table scrolls inside its own box, so that a phone's page never moves sideways.
"""

from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import validateLink
from markdown_it.common.utils import escapeHtml, isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline.state_inline import Delimiter, StateInline
from markdown_it.token import Token

_TABLE_BOX = '<div class="table-scroll" tabindex="0">\n<table>\n'
_TAGS = nh3.ALLOWED_TAGS | {"div", "audio", "video", "iframe"}
_PLAYER = {"src", "controls", "preload", "playsinline", "data-watch", "aria-label"}
_ATTRIBUTES = {
    **nh3.ALLOWED_ATTRIBUTES,
    "div": {"class", "tabindex"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "a": {"href", "title", "download"},
    "audio": _PLAYER,
    "video": _PLAYER,
    "iframe": {"src", "title", "loading"},
}
_SCHEME = "file:"
_CJK = ((0x2E80, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF))


class Shown(NamedTuple):
    """A file of a lesson. `label` stands on the link to a PDF; sizes in pixels, where known."""

    name: str
    family: str
    url: str
    label: str = ""
    width: int | None = None
    height: int | None = None


@lru_cache(maxsize=512)
def to_html(text: str, files: tuple[Shown, ...] = ()) -> str:
    """Sanitised HTML; raw HTML in the text is shown as text. Lessons are few, so all are kept.

    Of a file that is not among `files` only its description is shown.
    """
    html = _PARSER.render(text, {"files": {file.name: file for file in files}})
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES)


@lru_cache(maxsize=512)
def files_in(text: str) -> tuple[str, ...]:
    """The names of the files that the text shows or leads to, each once."""
    children = (child for token in _PARSER.parse(text) for child in token.children or ())
    places = (str(child.attrGet("src") or child.attrGet("href") or "") for child in children)
    names = (unquote(p.removeprefix(_SCHEME)) for p in places if p.startswith(_SCHEME))
    return tuple(dict.fromkeys(names))


def _file(token: Token, attribute: str, env: Any) -> tuple[bool, Shown | None]:
    """Whether the token names a file of the lesson, and that file if it is known."""
    place = str(token.attrGet(attribute) or "")
    is_file = place.startswith(_SCHEME)
    return is_file, env.get("files", {}).get(place.removeprefix(_SCHEME)) if is_file else None


def _image(self: RendererHTML, tokens: list[Token], place: int, options: Any, env: Any) -> str:
    token = tokens[place]
    is_file, file = _file(token, "src", env)
    if not is_file:
        return self.image(tokens, place, options, env)
    said = escapeHtml(self.renderInlineAsText(token.children or [], options, env))
    if file is None:
        return said
    url = escapeHtml(file.url)
    if file.family in {"audio", "video"}:
        return (
            f'<{file.family} controls playsinline preload="metadata" src="{url}"'
            f' data-watch="{file.name}" aria-label="{said}"></{file.family}>'
        )
    if file.family == "document":
        link = f'<a href="{url}" download>{escapeHtml(file.label)}</a>'
        return f'<iframe src="{url}" title="{said}" loading="lazy"></iframe>{link}'
    size = f' width="{file.width}" height="{file.height}"' if file.width else ""
    return f'<img src="{url}" alt="{said}" loading="lazy"{size}>'


def _link_open(self: RendererHTML, tokens: list[Token], place: int, options: Any, env: Any) -> str:
    is_file, file = _file(tokens[place], "href", env)
    if is_file:
        return f'<a href="{escapeHtml(file.url)}" download>' if file else "<a>"
    return self.renderToken(tokens, place, options, env)


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
    parser.validateLink = lambda url: url.startswith(_SCHEME) or validateLink(url)  # type: ignore[method-assign]
    parser.add_render_rule("image", _image)
    parser.add_render_rule("link_open", _link_open)
    parser.add_render_rule("table_open", lambda *_: _TABLE_BOX)
    parser.add_render_rule("table_close", lambda *_: "</table>\n</div>\n")
    return parser


_PARSER = _parser()
