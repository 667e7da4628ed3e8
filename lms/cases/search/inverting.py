"""From the words of each case to the cases of each token.

What follows from other tokens is not gathered case by case, but once for all of a segment: a
Chinese character stands wherever a pair begins with it, the first letters of a word where that is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from lms.cases.search import tokens
from lms.cases.search.tokens import MARKS, CaseTokens

_Lists = defaultdict[str, list[int]]


class Inverted:
    def __init__(self) -> None:
        self._others: _Lists = defaultdict(list)
        # By mark; the marks are put after the tokens at the end.
        self._pairs, self._ends, self._latin = (
            {mark: _Lists(list) for mark in MARKS} for _ in range(3)
        )

    def add(self, number: int, case: CaseTokens) -> None:
        """The case of this number; numbers go up."""
        _append(self._others, case.others, number)
        for mark, words in case.words.items():
            _append(self._pairs[mark], words.pairs, number)
            _append(self._ends[mark], words.ends, number)
            _append(self._latin[mark], words.latin, number)

    def words(self) -> set[str]:
        """Those whose beginnings are looked up in the list of words."""
        return {word for word in self._latin[tokens.TEXT] if tokens.is_looked_up(word)}

    def places(self) -> dict[str, Collection[int]]:
        """The numbers of the cases that have each token, each once."""
        found: dict[str, Collection[int]] = dict(self._others)
        for mark in MARKS:
            begun: _Lists = defaultdict(list)
            for pair, numbers in self._pairs[mark].items():
                begun[pair[0] + mark] += numbers
            for end, numbers in self._ends[mark].items():
                begun[end + mark] += numbers
            for word, numbers in self._latin[mark].items():
                for edge in tokens.edges(mark, word):
                    begun[edge] += numbers
            for lists in (self._pairs[mark], self._latin[mark]):
                marked = zip((token + mark for token in lists), lists.values(), strict=True)
                found.update(marked if mark else lists)
            found.update((token, set(numbers)) for token, numbers in begun.items())
        return found


def _append(lists: _Lists, some: Iterable[str], number: int) -> None:
    for token in some:
        lists[token].append(number)
