"""Monthly figures of an invented person, plausible for a service desk."""

import random

from lms.demo.roster import DemoPerson
from lms.people.models import Channel

# Standard first response in seconds, average response and handling in minutes, by channel.
_PACE = {
    Channel.ONLINE: (30.0, 5.0, 15.0),
    Channel.PHONE: (15.0, 3.0, 10.0),
    Channel.EMAIL: (7200.0, 180.0, 600.0),
}


def figures(chance: random.Random, person: DemoPerson, months_in: int) -> dict[str, float]:
    """Values by metric code; a few are missing now and then, as in real exports."""
    skill = person.ability + person.drift * months_in / 12 + chance.gauss(0, 0.05)
    skill = min(1.0, max(0.0, skill))
    first, average, handling = _PACE[person.channel]
    slow = 1.45 - 1.0 * skill
    found = {
        "frt": round(first * slow * chance.uniform(0.85, 1.15), 1),
        "art": round(average * slow * chance.uniform(0.9, 1.1), 2),
        "aht": round(handling * slow * chance.uniform(0.9, 1.1), 2),
        "response_rate": round(min(1.0, 0.983 + 0.02 * skill), 4),
        "fcr": round(min(1.0, 0.83 + 0.16 * skill + chance.gauss(0, 0.012)), 4),
        "escalation": round(max(0.0, 0.085 - 0.07 * skill + chance.gauss(0, 0.005)), 4),
        "csat": round(min(5.0, 4.15 + 0.75 * skill + chance.gauss(0, 0.04)), 2),
        "nps": round(min(100.0, 25 + 50 * skill + chance.gauss(0, 4))),
        "script_compliance": round(min(1.0, 0.915 + 0.075 * skill), 4),
        "record_completeness": round(min(1.0, 0.955 + 0.04 * skill), 4),
        "feedback": round(min(100.0, 76 + 20 * skill + chance.gauss(0, 2)), 1),
        "exam": round(min(100.0, 66 + 32 * skill + chance.gauss(0, 5)), 1),
        "case_analysis": round(min(100.0, 64 + 32 * skill + chance.gauss(0, 5)), 1),
    }
    for code, gap in (("exam", 0.1), ("case_analysis", 0.16), ("nps", 0.02)):
        if chance.random() < gap:
            del found[code]
    return found
