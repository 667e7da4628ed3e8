"""Response times of a run, measured from its transcript."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


class Stamped(Protocol):
    @property
    def seq(self) -> int: ...
    @property
    def who(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def data(self) -> dict[str, Any]: ...


class Standard(Protocol):
    """A run or a room, with the standards it began with, in seconds."""

    @property
    def first_reply_seconds(self) -> int: ...
    @property
    def later_reply_seconds(self) -> int: ...


@dataclass(frozen=True)
class Timings:
    """Seconds. `first`: from the customer's first message to the first reply; `later`: each reply
    after that, from the customer's message it answers; `of`: by the reply's `seq`; `open_since`: of
    the customer's message that nobody has answered."""

    first: float | None = None
    later: Sequence[float] = ()
    of: Mapping[int, float] = field(default_factory=dict)
    open_since: datetime | None = None

    @property
    def mean_later(self) -> float | None:
        return sum(self.later) / len(self.later) if self.later else None

    @property
    def slowest_later(self) -> float | None:
        return max(self.later, default=None)

    def on_time(self, first_reply_seconds: int) -> bool | None:
        return None if self.first is None else self.first <= first_reply_seconds

    def later_on_time(self, later_reply_seconds: int) -> int:
        """How many of the later replies met their standard."""
        return sum(taken <= later_reply_seconds for taken in self.later)

    def limit(self, standard: Standard) -> int:
        """What the next reply is due within."""
        is_first = self.first is None
        return standard.first_reply_seconds if is_first else standard.later_reply_seconds

    def late(self, standard: Standard) -> frozenset[int]:
        """The replies, by `seq`, that took longer than their standard."""
        limits = [standard.first_reply_seconds, *[standard.later_reply_seconds] * len(self.later)]
        pairs = zip(self.of.items(), limits, strict=False)
        return frozenset(seq for (seq, taken), limit in pairs if taken > limit)


def measure(messages: Iterable[Stamped]) -> Timings:
    """A reply answers the earliest customer message still open that was not taken back; replies
    after it do not count."""
    waiting_since = None
    taken: dict[int, float] = {}
    for message in messages:
        if message.who == "customer" and not message.data.get("taken_back"):
            waiting_since = waiting_since or message.at
        elif message.who == "agent" and waiting_since is not None:
            taken[message.seq] = (message.at - waiting_since).total_seconds()
            waiting_since = None
    times = list(taken.values())
    return Timings(times[0] if times else None, tuple(times[1:]), taken, waiting_since)
