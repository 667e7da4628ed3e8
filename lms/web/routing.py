"""Rules that compile what builds their address when the first one is built.

werkzeug compiles two functions for each of some 300 rules when it mounts them: three quarters of
the time it takes to make the application, and a process builds addresses of some of them only.
"""

from collections.abc import Callable

from werkzeug.routing import Rule


class LazyRule(Rule):
    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        made: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            if not made:
                made.append(Rule._compile_builder(rule, append_unknown))
            return made[0](rule, **values)

        return build
