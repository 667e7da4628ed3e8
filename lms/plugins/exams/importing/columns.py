"""What the columns of question tables are called."""

from itertools import product

from lms.plugins.exams.models import LETTERS

_OF_A_QUESTION = ("", "试题", "题目", "本题", "所属")


def _chinese(*names: str) -> tuple[str, ...]:
    """The names by themselves and with what systems put before them: 试题难度, 所属知识点."""
    return tuple(before + name for before, name in product(_OF_A_QUESTION, names))


COLUMNS = {
    "stem": ("题干", "题目", "试题", "问题", "题目内容", "试题内容", "题干内容", "试题题干",
             "题目名称", "试题名称", "考题", "question", "stem", "question text", "questiontext"),
    "type": (*_chinese("题型", "类型"), "题型名称", "question type", "type", "qtype"),
    "answer": (*_chinese("答案", "正确答案", "标准答案", "参考答案", "正确选项"), "answer",
               "correct answer", "correct answers", "correct option", "key", "right answer",
               "answers"),
    "explanation": (
        *_chinese("解析", "分析", "解释", "说明", "答案解析", "答案解释", "答案说明", "答案分析",
                  "答题解析", "参考解析", "文字解析", "题解", "详解", "解题思路"),
        "explanation", "analysis", "feedback", "general feedback", "rationale", "solution",
    ),
    "criteria": (
        *_chinese("评分标准", "评分要点", "评分细则", "评分规则", "得分点", "采分点", "评分点"),
        "criteria", "rubric", "marking criteria", "grading criteria", "marking scheme",
    ),
    "difficulty": (
        *_chinese("难度", "难易度", "难度系数", "难易程度", "难度等级", "难度级别", "难度值"),
        "difficulty", "difficulty level", "level",
    ),
    "background": ("案例背景", "背景材料", "案例材料", "案例描述", "案例内容", "情景描述", 
                   "情境描述", "材料", "背景", "scenario", "background",
                   "case background"),
    "tolerance": ("允许误差", "误差", "误差范围", "容差", "tolerance"),
    # Of an option that has a row: its place in the right order, what belongs to it.
    "place": ("正确顺序", "正确次序", "正确排序", "correct order", "correct position"),
    "partner": ("匹配项", "匹配内容", "配对项", "对应项", "matching item", "match"),
    "points": (*_chinese("分值", "分数", "得分", "满分"), "每题分值", "默认分值", "score", "points",
               "marks"),
    "tags": (*_chinese("标签", "知识点", "章节", "分类", "考点", "知识点名称", "题库分类", "目录"),
             "tags", "tag", "topic", "category", "knowledge point", "chapter", "subject"),
    "number": ("序号", "题号", "编号", "试题编号", "题目编号", "no", "number", "id", "question no"),
    "options": ("选项内容", "选项文本", "备选项", "备选答案", "候选项", "全部选项", "options",
                "choices", "option text", "choice text"),
    # The options, or their letters where another column holds the texts.
    "option": ("选项", "选项名称", "option", "choice"),
    "letter": ("选项标识", "选项序号", "选项字母", "option letter"),
    "is_right": ("是否正确", "是否答案", "是否正确答案", "正确与否", "是否为正确答案", "is correct",
                 "correct", "iscorrect", "right"),
    **{
        f"option_{letter}": (
            f"选项{letter}", f"{letter}选项", letter, f"备选{letter}", f"备选项{letter}",
            f"答案{letter}", f"备选答案{letter}", f"option {letter}", f"choice {letter}",
            f"answer {letter}", f"选项{place}", f"备选项{place}", f"备选答案{place}",
            f"答案{place}", f"option{place}", f"choice{place}", f"answer{place}",
        )
        for place, letter in enumerate(LETTERS, 1)
    },
}  # fmt: skip
