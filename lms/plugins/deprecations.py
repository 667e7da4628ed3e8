"""Names of the public API that go: for one minor version each still works, and warns."""

import warnings
from typing import Any

# Old name -> its successor in `lms.plugins.api`. A hook that goes is marked in `hookspecs` with
# `warn_on_impl=DeprecationWarning("…")` instead.
RENAMED: dict[str, str] = {}


def successor(names: dict[str, Any], old: str) -> Any:
    """What stands for an old name now; AttributeError for one that never was there."""
    new = RENAMED.get(old)
    if new is None:
        raise AttributeError(f"module 'lms.plugins.api' has no attribute {old!r}")
    message = f"lms.plugins.api.{old} is {new} now; the old name goes with the next minor version"
    warnings.warn(message, DeprecationWarning, stacklevel=3)
    return names[new]
