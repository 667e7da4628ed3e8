"""Response times of a run, measured from its transcript."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms.cases.models import DrillMessage


@dataclass(frozen=True)
class Timings:
    """Seconds. `first`: from the customer's first message to the first reply; `later`: each reply
    after that, from the customer's message it answers; `of`: by the reply's `seq`."""

    first: float | None = None
    later: Sequence[float] = ()
    of: Mapping[int, float] = field(default_factory=dict)

    @property
    def mean_later(self) -> float | None:
        return sum(self.later) / len(self.later) if self.later else None

    def on_time(self, first_reply_seconds: int) -> bool | None:
        return None if self.first is None else self.first <= first_reply_seconds


def measure(messages: Sequence[DrillMessage]) -> Timings:
    """A reply answers the earliest customer message still open; replies after it do not count."""
    waiting_since = None
    taken: dict[int, float] = {}
    for message in messages:
        if message.who == "customer":
            waiting_since = waiting_since or message.at
        elif message.who == "agent" and waiting_since is not None:
            taken[message.seq] = (message.at - waiting_since).total_seconds()
            waiting_since = None
    times = list(taken.values())
    return Timings(times[0] if times else None, tuple(times[1:]), taken)
