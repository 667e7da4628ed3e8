"""Marking: all or nothing per question, every question counts the same."""


def is_right(answer: list[int] | None, right: list[int]) -> bool:
    return answer is not None and sorted(answer) == right


def percentage(correct: int, count: int) -> int:
    """In hundredths (0-10000), half up."""
    return (20000 * correct + count) // (2 * count) if count else 0
