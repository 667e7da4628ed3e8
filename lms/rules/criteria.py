"""What enabled plugins say for and against a verdict; one that fails says no."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from lms.db import Localized
from lms.plugins import hookspecs
from lms.plugins.manager import plugins
from lms.plugins.types import CriterionResult, CriterionState, Refusal


def criteria(
    person_ids: Sequence[int], target: str, year: int, now: datetime
) -> Mapping[int, list[CriterionResult]]:
    """By person, the criteria that plugins add to a promotion to level `target`.

    A plugin that fails adds an unknown criterion, which is not met, for everybody asked about.
    """
    found: dict[int, list[CriterionResult]] = defaultdict(list)
    for decision in plugins().decide(hookspecs.lms_criteria, person_ids, target, year, now):
        if decision.error:
            unknown = _unknown(decision.plugin)
            for person_id in person_ids:
                found[person_id].append(unknown)
        for person_id, results in (decision.value or {}).items():
            found[person_id].extend(results)
    return found


def refusals(person_id: int, action: str, subject_id: int | None, now: datetime) -> list[Refusal]:
    """Reasons against an action; a plugin that fails is a reason."""
    found: list[Refusal] = []
    for decision in plugins().decide(hookspecs.lms_refusals, person_id, action, subject_id, now):
        if decision.error:
            found.append(Refusal(decision.plugin, _unknown(decision.plugin).change))
        found.extend(decision.value or ())
    return found


def _unknown(plugin: str) -> CriterionResult:
    return CriterionResult(
        code=plugin,
        label=Localized(f"插件 {plugin} 的条件", f"Criterion of the plugin {plugin}"),
        state=CriterionState.UNKNOWN,
        change=Localized(
            f"插件 {plugin} 的检查没有结果，视为不满足；请管理员查看插件页面",
            f"The check of the plugin {plugin} failed and counts as not met;"
            " an admin finds the error on the plugins page",
        ),
    )
