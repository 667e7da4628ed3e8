"""A plugin's step type, called so that its failure is not the course page's."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import render_template

from lms.db import Session
from lms.errors import DomainError
from lms.plugins.calls import PageGuard
from lms.plugins.manager import hook_session, plugins
from lms.plugins.shapes import expectation
from lms.plugins.types import StepContext, StepField, StepType


class GuardedStepType:
    """As the step type itself; what it raises, other than a DomainError, is noted as the plugin's.

    Then the page says that the step is not available, and a submission is refused.
    """

    def __init__(self, inner: StepType, plugin: str) -> None:
        self._inner, self._plugin = inner, plugin
        self.kind, self.label, self.icon = inner.kind, inner.label, inner.icon

    def check_config(self, config: Mapping[str, Any]) -> None:
        self._inner.check_config(config)

    def fields(self, session: Session) -> Sequence[StepField] | None:
        """None where the plugin names none, or failed to."""
        make = getattr(self._inner, "fields", None)
        if make is None:
            return None
        try:
            with PageGuard(hook_session()) as guard:
                found: Sequence[StepField] = guard.call(make, session)
            expectation(Sequence[StepField])(found)
        except Exception as error:
            plugins().record_failure(self._plugin, f"step type {self.kind}", error)
            return None
        return found

    def render(self, session: Session, context: StepContext) -> str:
        try:
            with PageGuard(hook_session()) as guard:
                return guard.call(partial(self._inner.render, session), context)
        except DomainError:
            raise
        except Exception as error:
            plugins().record_failure(self._plugin, f"step type {self.kind}", error)
        return render_template("plugins/step_failed.html", plugin=self._plugin)

    def submit(self, session: Session, context: StepContext, form: Mapping[str, str]) -> str | None:
        try:
            return self._inner.submit(session, context, form)
        except DomainError:
            raise
        except Exception as error:
            plugins().record_failure(self._plugin, f"step type {self.kind}", error)
        raise DomainError("This step failed; what you did was not stored. Tell your trainer.")
