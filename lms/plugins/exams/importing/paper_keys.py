"""The key as a list, mostly at the end of a paper: `1.A 2.B`, `1-5 ABCDA`, or a line for each."""

import re
from collections.abc import Sequence
from itertools import groupby

from lms.plugins.exams.importing.paper_lines import narrowed

_KEY = r"(?:[A-JTXa-jtx](?![a-z])|正确|错误|[对错√×✓✗✔✘])"
_ITEM = re.compile(
    rf"(\d{{1,4}})(?:\s*[-~—–至到]\s*(\d{{1,4}}))?\s*[.、:)题]?\s*((?:{_KEY}[\s,、]*)+)[;。]?\s*"
)
_LIST = re.compile(rf"(?:{_ITEM.pattern})+")
_HEAD = re.compile(
    r"(?:附\W*)?(?:\S{0,12}(?:试卷|试题|考试|题库|练习|测试|部分))?(?:参考|标准|正确)?答案"
    r"(?:[与及和]|解析|评分标准|部分|如下|汇总|一览)*[\s:：)）]*|(?:answer key|answers)[\s:：]*",
    re.IGNORECASE,
)


def is_key_heading(line: str) -> bool:
    return _HEAD.fullmatch(line) is not None


def listed_keys(line: str) -> list[tuple[int, str]]:
    """The numbers and keys of a line that holds nothing else; empty if it does, or if a range and
    its keys do not go together."""
    plain = narrowed(line)
    if not plain[:1].isdigit() or not _LIST.fullmatch(plain):
        return []
    keys: list[tuple[int, str]] = []
    for first, last, written in _ITEM.findall(plain):
        if not last:
            keys.append((int(first), written.strip(" ,、")))
            continue
        numbers = range(int(first), int(last) + 1)
        parts = re.split(r"[\s,、]+", written.strip(" ,、"))
        if len(parts) != len(numbers):
            parts = re.findall(_KEY, written)
        if len(parts) != len(numbers):
            return []
        keys += zip(numbers, parts, strict=True)
    return keys


def spans(numbers: Sequence[int]) -> str:
    """Numbers as people write them: 1-3, 7."""
    found = []
    for _, group in groupby(enumerate(sorted(set(numbers))), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        found.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
    return ", ".join(found)
