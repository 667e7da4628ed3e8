"""From the words of each case to the cases of each token.

Of Chinese, a token of two characters stands in one or two cases of a segment more often than not,
and there are hundreds of thousands: to look for each in one large table is to wait for the
computer's memory each time. So they are gathered by their first character, as numbers that say the
second one and the case, and put in order there.
"""

import struct
from array import array
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import itemgetter

from lms.cases.search import pages, tokens
from lms.cases.search.tokens import MARKS, CaseTokens
from lms.cases.words import END

_Lists = defaultdict[str, list[int]]
_Followers = defaultdict[str, "array[int]"]
_SHIFT = 12  # bits for the number of a case; a character, of 18 bits, is above them
_CASE = (1 << _SHIFT) - 1


class Inverted:
    """Of a segment's cases, 2**12 at most."""

    def __init__(self) -> None:
        self._others: _Lists = defaultdict(list)
        # By mark; the marks are put after the tokens at the end.
        self._latin = {mark: _Lists(list) for mark in MARKS}
        self._cjk = {mark: _Followers(lambda: array("I")) for mark in MARKS}

    def add(self, number: int, case: CaseTokens) -> None:
        """The case of this number; numbers go up."""
        _append(self._others, case.others, number)
        for mark, words in case.words.items():
            _append(self._latin[mark], words.latin, number)
            followers = map(self._cjk[mark].__getitem__, words.cjk)
            deque(map(array.append, followers, _numbered(words.cjk, number)[1:]), maxlen=0)

    def words(self) -> set[str]:
        """Those whose beginnings are looked up in the list of words."""
        return {word for word in self._latin[tokens.TEXT] if tokens.is_looked_up(word)}

    def stored(self, cases: int) -> list[tuple[str, bytes]]:
        """What is kept of each token, in order."""
        one = [pages.stored([number], cases) for number in range(cases)]
        found = _kept(self._others, cases)
        for mark in MARKS:
            begun: _Lists = defaultdict(list)
            for word, numbers in self._latin[mark].items():
                for edge in tokens.edges(mark, word):
                    begun[edge] += numbers
            found += _kept({edge: set(numbers) for edge, numbers in begun.items()}, cases)
            marked = self._latin[mark]
            found += _kept({word + mark: marked[word] for word in marked}, cases)
            self._cjk[mark].pop(END, None)
            for character, followers in sorted(self._cjk[mark].items()):
                values = sorted(set(followers))
                numbers = sorted({value & _CASE for value in values})
                found.append((character + mark, pages.stored(numbers, cases)))
                for second, numbers in _by_follower(values):
                    kept = one[numbers[0]] if len(numbers) == 1 else pages.stored(numbers, cases)
                    found.append((f"{character}{chr(second)}{mark}", kept))
        found.sort(key=itemgetter(0))
        return found


def _append(lists: _Lists, some: Iterable[str], number: int) -> None:
    for token in some:
        lists[token].append(number)


def _numbered(text: str, number: int) -> tuple[int, ...]:
    """Each character with the number, all at once: as one large number of 32 bits for each."""
    characters = int.from_bytes(text.encode("utf-32-le"), "little") << _SHIFT
    numbers = int.from_bytes(number.to_bytes(4, "little") * len(text), "little")
    joined = (characters | numbers).to_bytes(4 * len(text), "little")
    return struct.unpack(f"<{len(text)}I", joined)


def _by_follower(values: Iterable[int]) -> Iterator[tuple[int, list[int]]]:
    """The second characters, and the cases of each; `values` go up. A run that ends is none."""
    last, numbers = 0, list[int]()
    for value in values:
        if value >> _SHIFT != last:
            if last:
                yield last, numbers
            last, numbers = value >> _SHIFT, []
        numbers.append(value & _CASE)
    if last:
        yield last, numbers


def _kept(places: Mapping[str, Collection[int]], cases: int) -> list[tuple[str, bytes]]:
    return [(token, pages.stored(places[token], cases)) for token in sorted(places)]
