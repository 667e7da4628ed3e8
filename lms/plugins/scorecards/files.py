"""Files of which every row is taken or none is."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.plugins.api import N_, DomainError


@dataclass(frozen=True)
class Refused:
    row: int
    reason: DomainError


class RowsRefused(DomainError):
    """`rows`: each refused row with its reason; nothing was stored."""

    def __init__(self, rows: Sequence[Refused]) -> None:
        super().__init__(N_("Refused rows: %(count)s. Nothing was stored."), count=len(rows))
        self.rows = rows
