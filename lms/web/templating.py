"""Jinja's environment with what a page asks for many times kept where it is cheap to reach."""

import os
from collections.abc import MutableMapping
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import FileSystemBytecodeCache
from jinja2.runtime import Context, Macro

from lms import __version__

# As Python keeps what it compiled of our modules, beside them.
_COMPILED = Path(__file__).parents[1] / "__pycache__" / "templates"


class QuickContext(Context):
    """Calls what asks for no context without looking, at each of a page's hundred calls, at four
    places where it might: a tenth of a page's time."""

    def call(
        self,
        called: Any,
        /,
        *args: Any,
        _block_vars: Any = None,
        _loop_vars: Any = None,
        **named: Any,
    ) -> Any:
        kind = type(called)
        if kind is Macro:
            return Macro.__call__(called, self.eval_ctx, *args, **named)
        function = called.__func__ if kind is MethodType else called
        if type(function) is FunctionType and not function.__dict__:
            return called(*args, **named)
        named |= {"_block_vars": _block_vars, "_loop_vars": _loop_vars}
        return super().call(called, *args, **named)


class FlatEnvironment(Environment):
    context_class = QuickContext

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Templates are loaded without globals of their own, so they share the environment's.

        Jinja would give each a ChainMap, whose 140 names are walked in Python for each template
        that a page imports or includes: a twentieth of a page's time.
        """
        return {**self.globals, **d} if d else self.globals


def _compiled() -> FileSystemBytecodeCache | None:
    """Where compiled templates are kept; None where nothing can be written, as after an
    installation by another user. Compiling takes a first page a third of a second."""
    try:
        _COMPILED.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    if not os.access(_COMPILED, os.W_OK):
        return None
    # By release: the compiler works out filters of constants, and those may be other filters then.
    return FileSystemBytecodeCache(str(_COMPILED), f"{__version__}-%s.cache")


def init_app(app: Flask) -> None:
    app.jinja_env.bytecode_cache = _compiled()
