"""The customer's part in a solo drill: what is heard, how the mood moves, what is said next.

What was heard is kept with the agent's message, in words of its own, so that it stays true when the
drill is changed: `heard` and `hit` are rows with text, mood and target, each `heard` one with `hit`
(recognised) and, once overruled by the learner, `said`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from lms.cases.scripts.hearing import fold, has
from lms.cases.scripts.nodes import END, ESCALATED, FURIOUS, PLEASED, START, Cue, Node, nodes_of


class Played(Protocol):
    @property
    def script(self) -> list[Any]: ...
    @property
    def triggers(self) -> list[Any]: ...
    @property
    def start_mood(self) -> int: ...


class Said(Protocol):
    @property
    def who(self) -> str: ...
    @property
    def data(self) -> dict[str, Any]: ...


class Turn(NamedTuple):
    """`agent`: kept with the agent's message; `to`: the customer's next node, None at the end."""

    agent: dict[str, Any]
    to: Node | None


def place(messages: Sequence[Said]) -> str:
    """The node the customer spoke last; in transcripts without nodes, by the number of lines."""
    lines = [m for m in messages if m.who == "customer"]
    if not lines:
        return START
    return str(lines[-1].data.get("node") or (len(lines) - 1 or START))


def mood(drill: Played, messages: Sequence[Said]) -> int:
    moods = [m.data["mood"] for m in messages if m.who == "agent" and "mood" in m.data]
    return int(moods[-1]) if moods else drill.start_mood


def is_over(drill: Played, messages: Sequence[Said]) -> bool:
    """Whether the customer has nothing more to say."""
    answered = bool(messages) and messages[-1].who == "agent"
    nodes = nodes_of(drill.script)
    at = nodes.get(place(messages))
    over = bool(messages) and messages[-1].data.get("to") == END
    return over or at is None or (answered and "to" not in messages[-1].data and at.next == END)


def choices(drill: Played, messages: Sequence[Said]) -> Sequence[Cue]:
    """What the learner may choose among instead of writing."""
    if not messages or messages[-1].who != "customer":
        return ()
    at = nodes_of(drill.script).get(place(messages))
    return at.choices if at else ()


def answer(drill: Played, messages: Sequence[Said], text: str, choice: int | None) -> Turn:
    """The customer's reaction to free text, or to one of the choices."""
    nodes, before = nodes_of(drill.script), mood(drill, messages)
    at = nodes.get(place(messages))
    if at is None or not messages or messages[-1].who != "customer":
        return Turn({"mood": before, "to": END}, None)
    if choice is not None and 0 <= choice < len(at.choices):
        chosen = at.choices[choice]
        return _turn(nodes, at, before, {"choice": choice}, [chosen], messages)
    folded = fold(text)
    heard = [{**cue.row(), "hit": has(folded, cue.words)} for cue in at.points]
    triggers = [Cue.of(row) for row in drill.triggers]
    hit = [cue.row() for cue in triggers if has(folded, cue.words)]
    data = {"heard": heard, "triggers": hit}
    return _turn(nodes, at, before, data, _moving(data), messages)


def overrule(
    drill: Played, messages: Sequence[Said], said: Sequence[int], denied: Sequence[int]
) -> Turn:
    """The last reply heard anew: the key points in `said` were made, the triggers in `denied` were
    not. `messages` end with that reply."""
    data = dict(messages[-1].data)
    data["heard"] = [{**row, "said": n in said} for n, row in enumerate(data.get("heard", ()))]
    data["triggers"] = [
        {**row, "denied": n in denied} for n, row in enumerate(data.get("triggers", ()))
    ]
    nodes, earlier = nodes_of(drill.script), messages[:-1]
    at = nodes.get(place(earlier))
    if at is None:
        return Turn(data, None)
    return _turn(nodes, at, mood(drill, earlier), data, _moving(data), earlier)


def _moving(data: Mapping[str, Any]) -> list[Cue]:
    made = [Cue.of(row) for row in data["heard"] if row.get("said", row["hit"])]
    return made + [Cue.of(row) for row in data["triggers"] if not row.get("denied")]


def _turn(
    nodes: Mapping[str, Node],
    at: Node,
    before: int,
    data: dict[str, Any],
    cues: Sequence[Cue],
    messages: Sequence[Said],
) -> Turn:
    now = max(FURIOUS, min(PLEASED, before + sum(cue.mood for cue in cues)))
    to = next((cue.to for cue in cues if cue.to), at.next)
    been = any(m.data.get("node") == ESCALATED for m in messages)
    if now == FURIOUS and now < before and ESCALATED in nodes and not been:
        to = ESCALATED
    return Turn({**data, "mood": now, "to": to}, nodes.get(to))
