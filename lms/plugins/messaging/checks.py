"""Findings for `lms doctor`."""

from collections.abc import Iterator, Sequence

from lms.plugins.api import Check, CheckLevel, Localized, Session, pick
from lms.plugins.messaging import admin
from lms.plugins.messaging.known import known


def checks(session: Session) -> Sequence[Check]:
    rows = admin.overview(session, list(known(session).values()))
    found = [check for row in rows for check in _of(row)]
    return found or [Check("messaging", CheckLevel.OK, pick(_FINE))]


_FINE = Localized("消息发送正常", "nothing waits or has failed")
_WAITS = Localized("{count} 条消息在等待：{why}", "{count} messages wait: {why}")
_LOST = Localized(
    "{count} 条消息已放弃，可在推送记录中重发", "{count} given up; send them again in the log"
)


def _of(row: admin.ChannelRow) -> Iterator[Check]:
    name, problem = f"messaging.{row.known.name}", row.known.problem
    why = pick(problem) if problem else (row.health.error if row.health else "")
    if row.waiting and (problem or row.is_down):
        said = pick(_WAITS).format(count=row.waiting, why=why)
        yield Check(name, CheckLevel.ERROR, said)
    if row.given_up:
        yield Check(name, CheckLevel.WARNING, pick(_LOST).format(count=row.given_up))
