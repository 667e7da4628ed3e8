"""Scores and ranks by exact fractions, written from the product definition and sharing no code."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor

TARGETS = {
    "frt": {"online": 30, "phone": 15, "email": 7200},
    "fcr": Fraction(9, 10),
    "csat": Fraction(9, 2),
}
SIX = ("frt", "fcr", "csat", "feedback", "exam", "case_analysis")


@dataclass
class Agent:
    """Figures as exact fractions of the decimals in the file."""

    channel: str = "online"
    level: str = "agent"
    cleared: date | None = date(2020, 1, 1)
    hired: date = date(2020, 1, 1)
    leaves: list[tuple[date, date]] = field(default_factory=list)
    figures: dict[str, Fraction] = field(default_factory=dict)


def attainment(metric: str, value: Fraction, channel: str) -> Fraction:
    if value < 0:
        return Fraction(0)
    if metric == "frt":
        return Fraction(1) if value == 0 else min(Fraction(1), TARGETS["frt"][channel] / value)
    if metric in ("fcr", "csat"):
        return min(Fraction(1), value / TARGETS[metric])
    return min(Fraction(1), value / 100)


def exact_score(agent: Agent) -> Fraction | None:
    """0 to 100, before rounding; None without any of the first four figures."""
    got = {m: attainment(m, v, agent.channel) for m, v in agent.figures.items() if m in SIX}
    parts = []
    for weight, names in ((60, SIX[:3]), (20, SIX[3:4]), (20, SIX[4:])):
        present = [got[name] for name in names if name in got]
        if present:
            parts.append((weight, sum(present) / len(present)))
    if not any(name in got for name in SIX[:4]):
        return None
    return 100 * sum(w * mean for w, mean in parts) / sum(w for w, _ in parts)


def hundredths(score: Fraction) -> int:
    """Half up, exactly."""
    return floor(100 * score + Fraction(1, 2))


def is_half(score: Fraction) -> bool:
    return (100 * score) % 1 == Fraction(1, 2)


def months_served(agent: Agent, day: date) -> int:
    """Full months from the hire date to the day."""
    months = (day.year - agent.hired.year) * 12 + day.month - agent.hired.month
    return months - (day.day < agent.hired.day)


def reason(agent: Agent, first: date, last: date, tenure: int = 0) -> str | None:
    if agent.level not in ("agent", "senior_agent"):
        return "level"
    if agent.cleared is None or agent.cleared > first:
        return "not_cleared"
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    away = sum(1 for day in days if any(a <= day <= b for a, b in agent.leaves))
    if 2 * away >= len(days):
        return "leave"
    if tenure and months_served(agent, first) < tenure:
        return "tenure"
    return None if exact_score(agent) is not None else "no_score"


def kpi_met(agent: Agent) -> bool:
    f = agent.figures
    return (
        all(name in f for name in SIX[:3])
        and f["frt"] <= TARGETS["frt"][agent.channel]
        and f["fcr"] >= TARGETS["fcr"]
        and f["csat"] >= TARGETS["csat"]
    )


def ranks(values: list[Fraction | int]) -> list[int]:
    """Competition ranks, highest first."""
    return [1 + sum(1 for other in values if other > value) for value in values]
