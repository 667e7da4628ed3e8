"""What a line of a paper may be, told by its look alone."""

import re
import unicodedata

from lms.plugins.exams.importing.answers import truth

_KIND = (
    r"(?:完形|选词|选择)填空题?|(?:[单多]选|[单多]项选择|不定项(?:选择)?)题?"
    r"|(?:判断|是非|选择|填空|简答|问答|论述|量表|匹配|连线|配对|排序|主观|案例|情景分析|案例分析)题"
    r"|案例分析|名词解释"
)
_OTHER_KIND = r"\S{1,6}(?<![问话课主标专难议])题"
_ENGLISH = (
    r"(?:single|multiple) (?:choice|answers?|response)|true(?:/| or )false|fill in(?: the blanks?)?"
    r"|matching|ordering|short answers?|case analysis"
)
_POINTS = r"(?:[\s,，、;；]*[\d.]+\s*分)?\s*"
_SQUARE = rf"[【\[]\s*({_KIND}|判断|是非|{_ENGLISH}|{_OTHER_KIND}){_POINTS}[】\]]"
_ROUND = rf"[（(]\s*({_KIND}|{_ENGLISH}){_POINTS}[)）]"
_AT_START = re.compile(
    rf"\s*(?:{_SQUARE}|{_ROUND}|[（(]\s*({_OTHER_KIND}){_POINTS}[)）])"
    r"\s*(?:[（(]\s*[\d.]+\s*分\s*[)）]\s*)?",
    re.IGNORECASE,
)
_AT_END = re.compile(
    rf"\s*(?:{_SQUARE}|{_ROUND})(?=\s*(?:[（(][^（）()\n]{{0,12}}[)）])?\s*[?？。.:：]?\s*(?:\n|$))",
    re.IGNORECASE,
)

_NUMERAL = "[一二三四五六七八九十]+"
_PART = re.compile(
    rf"(?:第?{_NUMERAL}\s*(?:部分|大题)\s*[、.．:：]?|{_NUMERAL}\s*[、.．]|[（(]{_NUMERAL}[)）]"
    r"|part\s+\d+\s*[.:])\s*(.*)",
    re.IGNORECASE,
)
_PART_KIND = re.compile(
    rf"({_KIND}|^(?:{_ENGLISH}))|^(\S+?(?<![问话课主标专难议])题)", re.IGNORECASE
)
_PLAIN_PART = re.compile(rf"[【\[]?({_KIND})[】\]]?\s*(?:[（(].*[)）])?\s*(?:[:：]\s*(.*))?")

NUMBERED = re.compile(
    r"(?:第\s*(?P<named>\d{1,4})\s*题\s*[:：.、]?|(?P<n>\d{1,4})\s*(?:题\s*[:：.、]?|[.．、)）]|(?P<bare>\s)))"
    r"\s*(?P<rest>.*)"
)
NUMBERED_IN_BRACKETS = re.compile(
    r"(?P<named>(?!))?[（(]\s*(?P<n>\d{1,4})\s*[)）]\s*[.．、]?(?P<bare>(?!))?\s*(?P<rest>.*)"
)

_FIELDS = {
    "answer": r"(?:正确|参考|标准|试题|本题)?答案(?:要点)?|答题要点|正确选项"
    r"|(?:correct )?answer|key",
    "explanation": r"(?:答案|试题|题目|本题|参考|答题)?解析|答案说明|详解"
    r"|explanation|feedback|rationale",
    "criteria": r"评分(?:标准|要点|细则|规则|点)|得分点|采分点|(?:marking )?criteria|rubric",
    "difficulty": r"(?:试题|题目)?难(?:易)?(?:度|程度)(?:系数|等级)?|difficulty",
    "tags": r"(?:所属)?知识点|考点|标签|tags?",
    "type": r"(?:试题|题目)?题型|(?:试题|题目)类型",
    # What exam sites print of the person who sat it: nothing of the question. The second may be
    # figures a question asks about.
    "": r"(?:我|你|您|本人|学生|学员|考生|用户)的?(?:答案|选择|作答|选项)|作答(?:结果|情况|时间)?"
    r"|答题(?:结果|情况|时间|用时)|your answer",
    "score": r"(?:本题|试题)?(?:得分|分值|满分)|(?:正确|错误|答对)率|用时|score|points|marks",
}
_NAMES = "|".join(f"(?:{names})" for names in _FIELDS.values())
_FIELD = re.compile(
    rf"(?:^|(?<=[\s;；,，。])|(?=[【\[]))[【\[]?\s*({_NAMES})\s*(?:[】\]]\s*[:：]?|[:：])\s*",
    re.IGNORECASE,
)
_MAY_HOLD_FIELD = re.compile(r"[:：】\]]")
_KEY_LIKE = re.compile(r"[A-Ja-jＡ-Ｊａ-ｊ][A-Ja-jＡ-Ｊａ-ｊ\s,，、]*")

_RIGHT = r"[（(【\[]\s*(?:正确答案|正确选项|答案|correct(?: answer)?|right answer)\s*[)）】\]]"
NAMED_RIGHT = re.compile(rf"(?<=\S)\s*{_RIGHT}\s*$", re.IGNORECASE)
MARKED_RIGHT = re.compile(
    rf"(?<=\S)\s*(?:{_RIGHT}|[（(【\[]\s*[√✓✔]\s*[)）】\]]|(?<=\s)[√✓✔])\s*$", re.IGNORECASE
)
FURNITURE = re.compile(r"[-—\s]*第\s*\d+\s*页[,，/\s]*(?:共\s*\d+\s*页)?[-—\s]*")


def section(line: str) -> tuple[str, str] | None:
    """The kind of question a heading announces, empty if none, and what stands behind it."""
    if plain := _PLAIN_PART.fullmatch(line):
        return plain[1], plain[2] or ""
    part = _PART.fullmatch(line)
    if part is None:
        return None
    kind = _PART_KIND.search(part[1])
    if kind is None:
        return "", ""
    return kind[1] or kind[2], part[1][kind.end() :].lstrip(" :：")


def take_kind(stem: str) -> tuple[str, str]:
    """The kind named in brackets at the start or the end of a question, and the text without it."""
    kinds = []
    while mark := _AT_START.match(stem) or _AT_END.search(stem):
        kinds.append(next(kind for kind in mark.groups() if kind))
        stem = (stem[: mark.start()] + stem[mark.end() :]).strip()
    return (kinds[0] if kinds else ""), stem


def ends_with_kind(line: str) -> bool:
    return _AT_END.search(line) is not None


def fields(line: str, *, behind: bool = False) -> tuple[str, list[tuple[str, str]]]:
    """What stands before the first field, and the fields by name in their order; the name is empty
    for what is no part of a question.

    Behind other text only a key that looks like one is a field, `D. 三天 答案：B`, unless `behind`.
    """
    marks = list(_FIELD.finditer(line)) if _MAY_HOLD_FIELD.search(line) else []
    if not marks:
        return line, []
    ends = [mark.start() for mark in marks[1:]] + [len(line)]
    found = [
        (_name(mark[1]), line[mark.end() : end].strip().rstrip(";；,，").strip())
        for mark, end in zip(marks, ends, strict=True)
    ]
    head = line[: marks[0].start()].strip()
    if (
        head
        and not behind
        and not (found[0][0] in ("answer", "", "score") and is_key_like(found[0][1]))
    ):
        return line, []
    return head, found


def is_key_like(text: str) -> bool:
    return _KEY_LIKE.fullmatch(text.rstrip("。.")) is not None or truth(text) is not None


def _name(word: str) -> str:
    return next(name for name, names in _FIELDS.items() if re.fullmatch(names, word, re.IGNORECASE))


def narrowed(line: str) -> str:
    return unicodedata.normalize("NFKC", line).strip()
