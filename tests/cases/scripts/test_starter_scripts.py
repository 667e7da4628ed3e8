"""The scripts that ship: each drill hears what agents really type, in both languages, and not its
opposite; the good way ends well, the bad way does not."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from lms.cases.scripts import checking, notation
from lms.cases.scripts.hearing import fold, has
from lms.cases.scripts.nodes import Cue, Node, nodes_of
from lms.cases.scripts.playing import answer, is_over, mood, place
from lms.content_files import starter_content

SAMPLES = Path(__file__).parent / "samples"
DRILLS = sorted((starter_content() / "drills").glob("*.yaml"))
ENDINGS = {"solved", "handed-over", "lost"}
STEPS = 30  # more than any way through has


@dataclass
class Message:
    who: str
    data: dict[str, Any]


@dataclass
class Play:
    """A drill played by somebody."""

    script: list[Any]
    triggers: list[Any]
    start_mood: int
    messages: list[Message] = field(default_factory=lambda: [Message("customer", {})])

    @property
    def at(self) -> Node:
        return nodes_of(self.script)[place(self.messages)]

    def say(self, text: str = "", choice: int | None = None) -> None:
        turn = answer(self, self.messages, text, choice)
        self.messages.append(Message("agent", turn.agent))
        if turn.to is not None:
            self.messages.append(Message("customer", {"node": turn.to.key}))

    @property
    def is_over(self) -> bool:
        return len(self.messages) > STEPS or is_over(self, self.messages)


@cache
def read(path: Path) -> Any:
    safe = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text("utf-8"), Loader=safe)


@pytest.fixture(params=DRILLS, ids=lambda path: path.stem)
def drill(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = read(request.param)
    return found


@pytest.fixture
def samples(drill: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = read(SAMPLES / f"{drill['key']}.yaml")
    return found


def play(drill: dict[str, Any]) -> Play:
    return Play(drill["script"], drill["triggers"], drill.get("start_mood", 3))


def test_a_full_script(drill: dict[str, Any], samples: dict[str, Any]) -> None:
    checking.check(drill["script"], drill["triggers"])
    nodes = nodes_of(drill["script"])
    assert 8 <= len(nodes) <= 14
    assert {"escalated", *ENDINGS} <= nodes.keys()
    assert all(nodes[key].next == "end" for key in ENDINGS)
    assert sum(bool(t.get("words")) and t.get("mood", 0) < 0 for t in drill["triggers"]) >= 2
    listening = [node for node in nodes.values() if node.key not in ENDINGS]
    assert all(node.points for node in listening)
    offering = [node for node in listening if node.choices]
    assert len(offering) >= 4
    for node in offering:
        moods = [cue.mood for cue in node.choices]
        assert min(moods) < 0 <= moods[samples["best"][node.key]] == max(moods)
        assert len(moods) in (2, 3)
    assert len({*samples["best"].values()}) > 1  # not always in the same place


def test_the_form_can_keep_it(drill: dict[str, Any]) -> None:
    """What a trainer opens and saves unchanged stays as it is."""
    rows = [(drill["triggers"], True)]
    for node in drill["script"]:
        rows += [(node.get("points", []), True), (node.get("choices", []), False)]
    for cues, with_words in rows:
        stored = [Cue.of(row).row() for row in cues]
        assert (
            notation.read(notation.write(stored), field="script", with_words=with_words) == stored
        )


def test_samples_are_heard(drill: dict[str, Any], samples: dict[str, Any]) -> None:
    wrong = []
    listening = {"triggers": [Cue.of(row) for row in drill["triggers"]]}
    listening |= {n.key: list(n.points) for n in nodes_of(drill["script"]).values() if n.points}
    assert samples.keys() == {"best", *listening}
    for key, cues in listening.items():
        for cue, sample in zip(cues, samples[key], strict=True):
            assert len(sample.get("says", ())) >= 2 * bool(cue.words)
            assert len(sample.get("not", ())) >= bool(cue.words)
            wrong += [(key, s) for s in sample.get("says", ()) if not has(fold(s), cue.words)]
            wrong += [(key, "not", s) for s in sample.get("not", ()) if has(fold(s), cue.words)]
    assert wrong == []


@pytest.mark.parametrize("language", [0, 1], ids=["zh", "en"])
def test_the_good_way_ends_well(
    drill: dict[str, Any], samples: dict[str, Any], language: int
) -> None:
    played = play(drill)
    while not played.is_over:
        heard = samples.get(played.at.key, [])
        said = [sample["says"][language] for sample in heard]
        played.say("。".join(said) or "好的，再见 / Goodbye")
        assert played.messages[-1].data.get("triggers", []) == []
    assert place(played.messages) == "solved" and mood(played, played.messages) >= 4


def test_the_best_choices_end_well_and_the_worst_do_not(
    drill: dict[str, Any], samples: dict[str, Any]
) -> None:
    for is_good, ending in ((True, "solved"), (False, "lost")):
        played = play(drill)
        while not played.is_over:
            node = played.at
            moods = [cue.mood for cue in node.choices]
            choice = samples["best"][node.key] if is_good and moods else None
            if moods and not is_good:
                choice = moods.index(min(moods))
            good = " ".join(word for point in node.points for word in point.words[:1])
            played.say(good if is_good else "嗯", choice)
        assert place(played.messages) == ending


def test_fury_can_be_taken_on_or_lost(drill: dict[str, Any], samples: dict[str, Any]) -> None:
    well = "。".join(sample["says"][0] for sample in samples["escalated"])
    for text, ending in ((well, "handed-over"), ("嗯", "lost")):
        played = play(drill)
        played.messages += [
            Message("agent", {"mood": 1}),
            Message("customer", {"node": "escalated"}),
        ]
        played.say(text)
        assert place(played.messages) == ending


def test_choices_are_heard_as_free_text(drill: dict[str, Any], samples: dict[str, Any]) -> None:
    """Typed instead of tapped, the best is recognised, and a bad one is not taken for good."""
    wrong = []
    triggers = [Cue.of(row) for row in drill["triggers"]]
    for node in nodes_of(drill["script"]).values():
        for number, choice in enumerate(node.choices):
            for text in (choice.text.zh, choice.text.en):
                made = [point.mood for point in node.points if has(fold(text), point.words)]
                hurt = [cue.mood for cue in triggers if has(fold(text), cue.words)]
                if number == samples["best"][node.key] and (hurt or not made):
                    wrong.append((node.key, text))
                if choice.mood < 0 and sum(made) + sum(hurt) > 0:
                    wrong.append((node.key, text))
    assert wrong == []
