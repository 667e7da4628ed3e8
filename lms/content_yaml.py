"""Content files as we write them: one form for one document, whatever it was written like before.

Always PyYAML's own emitter, never libyaml's: the same site gives the same bytes on every machine.
"""

from collections.abc import Mapping
from typing import Any

import yaml

_SHORT = 90  # characters; a text in two languages that is no longer stands on one line
_OTHER_BREAKS = frozenset("\x85\u2028\u2029")


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def as_yaml(document: Mapping[str, Any]) -> str:
    """Keys in the order of the mapping, lines as long as their texts."""
    return yaml.dump(
        document,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=float("inf"),
        default_flow_style=False,
    )


def _text(dumper: _Dumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    if not _OTHER_BREAKS.isdisjoint(value):
        style = '"'  # escaped, or a reader makes an ordinary line break of them
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _mapping(dumper: _Dumper, value: dict[str, Any]) -> yaml.MappingNode:
    return dumper.represent_mapping(
        "tag:yaml.org,2002:map", value.items(), flow_style=_is_short_text(value)
    )


def _list(dumper: _Dumper, value: list[Any]) -> yaml.SequenceNode:
    is_plain = not any(isinstance(item, dict | list) for item in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=is_plain)


def _is_short_text(value: Mapping[str, Any]) -> bool:
    if not value or not {"zh", "en"}.issuperset(value):
        return False
    shown = "".join(map(str, value.values()))
    return len(shown) <= _SHORT and "\n" not in shown


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _list)
