"""What a file says of single answers, kept in the explanation: here a question has one."""

import re
from collections.abc import Iterable

from lms.plugins.exams.importing.words import is_chinese


def with_remarks(explanation: str, remarks: Iterable[tuple[str, str]]) -> str:
    """`remarks`: an option and what is said of it. The option is named by its text, as the letters
    change with every exam."""
    lines = [explanation] if explanation else []
    for option, remark in remarks:
        if remark:
            colon = "：" if is_chinese(option + remark) else ": "
            lines.append(re.sub(r"\s+", " ", option) + colon + remark)
    return "\n".join(lines)
