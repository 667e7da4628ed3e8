"""States in words and colours, and what of a case may be shown before the vote."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.plugins.api import Localized
from lms.plugins.casereviews.voting import State

STATES = {
    State.PLANNED: Localized("未开始", "Planned"),
    State.OPEN: Localized("投票与讨论中", "Open"),
    State.ENDED: Localized("待主持人小结", "Waits for its take-away"),
    State.CLOSED: Localized("已结束", "Closed"),
}
# How each state looks: names of the interface's chips.
CHIPS = {
    State.PLANNED: "planned",
    State.OPEN: "open",
    State.ENDED: "waiting",
    State.CLOSED: "closed",
}


def opening(dialogue: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The dialogue up to the agent's first word: what came after is how it was handled."""
    lines = []
    for line in dialogue:
        if line["who"] == "agent":
            break
        lines.append(line)
    return lines


def kept(asked: Mapping[str, str]) -> dict[str, str]:
    """Week and team of the address, carried along while a case is looked for."""
    return {name: asked[name] for name in ("week", "team") if asked.get(name)}
