"""What a file says of single answers, kept in the explanation: here a question has one."""

import re
from collections.abc import Iterable

from lms.plugins.exams.importing.words import is_chinese

# What Moodle's formats have for any other answer.
_ANY = "*"


def with_remarks(explanation: str, remarks: Iterable[tuple[str, str]]) -> str:
    """`remarks`: an option and what is said of it. The option is named by its text, as the letters
    change with every exam."""
    lines = [explanation] if explanation else []
    for option, remark in remarks:
        if remark:
            in_chinese = is_chinese(option + remark)
            name = option if option != _ANY else ("其他答案" if in_chinese else "Other answers")
            lines.append(re.sub(r"\s+", " ", name) + ("：" if in_chinese else ": ") + remark)
    return "\n".join(lines)
