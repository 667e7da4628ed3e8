"""The invented people: names, teams, positions, how able each is, who is on leave."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from lms.people.models import Channel, Employment, Level

SIZE = 225  # with the accounts of the sign-in page and the hires of the week: 240
TEAMS = ("一组", "二组", "三组", "四组", "五组", "六组", "七组", "八组")
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
_ONE = "静敏伟磊洋艳勇娟涛超雪丹婷琳浩宇晨欣怡佳"
_TWO = "思远雨桐子涵嘉怡梓轩晓东文博海燕志强雅琪若曦明轩诗涵俊杰佩玲立新秋月春梅国栋建平"
_GIVEN = (*_ONE, *(_TWO[n : n + 2] for n in range(0, len(_TWO), 2)))


@dataclass(frozen=True)
class DemoPerson:
    """`ability` is 0-1 and drives every figure; `drift` is how it changes a year."""

    staff_no: str
    name: str
    team: str
    level: Level
    channel: Channel
    employment: Employment
    hired_on: date
    cleared_on: date | None
    ability: float
    drift: float
    leave: tuple[date, date] | None


def people(chance: random.Random, first_day: date, last_day: date) -> list[DemoPerson]:
    """The same people for the same seed and days; figures begin on `first_day`."""
    return [_person(chance, number, first_day, last_day) for number in range(1, SIZE + 1)]


def _person(chance: random.Random, number: int, first_day: date, last_day: date) -> DemoPerson:
    team = TEAMS[number % len(TEAMS)]
    is_new = chance.random() < 0.15
    span = (last_day - first_day).days
    hired = (
        first_day + timedelta(days=chance.randrange(0, span - 20))
        if is_new
        else first_day - timedelta(days=chance.randrange(30, 1500))
    )
    roll = chance.random()
    level = Level.SUPERVISOR if number <= len(TEAMS) else Level.AGENT
    if level is Level.AGENT and roll < 0.2 and not is_new:
        level = Level.SENIOR_AGENT
    leave = None
    if chance.random() < 0.12:
        begins = first_day + timedelta(days=chance.randrange(0, span))
        leave = (begins, begins + timedelta(days=chance.randrange(2, 45)))
    return DemoPerson(
        staff_no=f"SA{number:04d}",
        name=chance.choice(_SURNAMES) + chance.choice(_GIVEN),
        team=team,
        level=level,
        channel=chance.choices(list(Channel), (60, 30, 10))[0],
        employment=Employment.TEMPORARY
        if is_new and roll > 0.7 and level is Level.AGENT
        else Employment.REGULAR,
        hired_on=hired,
        cleared_on=hired + timedelta(days=chance.randrange(4, 8)),
        ability=min(0.98, max(0.05, chance.gauss(0.55, 0.18))),
        drift=chance.gauss(0.03, 0.08),
        leave=leave,
    )
