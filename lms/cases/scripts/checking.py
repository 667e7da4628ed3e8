"""Whether a script can be played to its end, from every place in it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lms.cases.scripts.nodes import END, ESCALATED, START, Cue, Node, nodes_of
from lms.errors import DomainError
from lms.i18n import N_

MAX_NODES, MAX_CUES = 60, 12
_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check(script: Sequence[Mapping[str, Any]], triggers: Sequence[Mapping[str, Any]]) -> None:
    """DomainError names the line that is wrong: unknown, said by nobody, or without an end."""
    if len(script) > MAX_NODES:
        raise _refusal(N_("A script has %(count)s lines at most."), count=MAX_NODES)
    nodes = nodes_of(script)
    anywhere = [Cue.of(trigger) for trigger in triggers]
    if len(nodes) < len(script) + (not script or script[0].get("key") != START):
        keys = [str(row.get("key") or "") for row in script]
        twice = next((key for key in keys if key and keys.count(key) > 1), "")
        raise _refusal(N_("Two lines are called “%(key)s”."), key=twice)
    for node in nodes.values():
        _check_node(node, nodes)
    for cue in anywhere:
        _check_target(cue.to, nodes, START)
    _check_ways(nodes, [cue.to for cue in anywhere if cue.to])


def _check_node(node: Node, nodes: Mapping[str, Node]) -> None:
    if not _KEY.fullmatch(node.key) or len(node.key) > 40 or node.key == END:
        raise _refusal(
            N_("“%(key)s” is no name: use small letters, digits and -."), key=node.key[:60]
        )
    if node.key != START and not node.text:
        raise _refusal(N_("Line “%(key)s” says nothing."), key=node.key)
    if max(len(node.points), len(node.choices)) > MAX_CUES:
        raise _refusal(
            N_("Line “%(key)s” has more than %(count)s key points or choices."),
            key=node.key,
            count=MAX_CUES,
        )
    for cue in (*node.points, *node.choices):
        _check_target(cue.to, nodes, node.key)
    _check_target(node.next, nodes, node.key)


def _check_target(to: str, nodes: Mapping[str, Node], key: str) -> None:
    if to and to != END and (to not in nodes or to == START):
        raise _refusal(N_("“%(key)s” leads to “%(to)s”, which is not there."), key=key, to=to[:60])


def _check_ways(nodes: Mapping[str, Node], anywhere: Iterable[str]) -> None:
    ways = {node.key: _ways(node) for node in nodes.values()}
    # An escalation can happen at any line.
    begins = {START, *anywhere} | ({ESCALATED} & nodes.keys())
    reached = _closure(begins, ways)
    for key in nodes:
        if key not in reached:
            raise _refusal(N_("The conversation never comes to “%(key)s”."), key=key)
    back: dict[str, set[str]] = {}
    for key, targets in ways.items():
        for target in targets:
            back.setdefault(target, set()).add(key)
    ending = _closure({END}, back)
    for key in nodes:
        if key not in ending:
            raise _refusal(N_("From “%(key)s” the conversation never comes to an end."), key=key)


def _ways(node: Node) -> set[str]:
    """Choices that all lead elsewhere leave the way on open: free text takes it."""
    return {cue.to for cue in (*node.points, *node.choices) if cue.to} | {node.next}


def _closure(begins: Iterable[str], ways: Mapping[str, set[str]]) -> set[str]:
    found, waiting = set[str](), list(begins)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting.extend(ways.get(key, ()))
    return found


def _refusal(message: str, **params: Any) -> DomainError:
    return DomainError(message, field="script", **params)
