"""States in words, and a name as far as the policy lets strangers read it."""

from collections.abc import Mapping

from lms.plugins.api import Localized
from lms.plugins.certificates.policy import FULL, MASKED
from lms.plugins.certificates.states import State

STATES: Mapping[str, Localized] = {
    State.VALID: Localized("有效", "Valid"),
    State.EXPIRING: Localized("即将到期", "Expiring soon"),
    State.EXPIRED: Localized("已过期", "Expired"),
    State.REVOKED: Localized("已撤销", "Revoked"),
    State.SUPERSEDED: Localized("已换发", "Replaced"),
}
# How each state looks: names of the interface's chips.
CHIPS: Mapping[str, str] = {
    State.VALID: "ok",
    State.EXPIRING: "expiring",
    State.EXPIRED: "expired",
    State.REVOKED: "revoked",
    State.SUPERSEDED: "superseded",
}


def shown_name(holder: str, policy: str) -> str:
    """王小明 is 王** and John Smith J*** S****; empty where the policy shows none."""
    if policy == FULL:
        return holder
    if policy != MASKED:
        return ""
    return " ".join(
        part[0] + "*" * (len(part) - 1) if len(part) > 1 else "*" for part in holder.split()
    )
