"""An exam's figures and each question's, with what they mean in plain words."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.plugins.api import N_, Localized, Session
from lms.plugins.exams.models import QuestionVersion
from lms.plugins.exams.statistics import measures
from lms.plugins.exams.statistics.reading import Answer, Sitting, sittings
from lms.plugins.exams.types import CHOICES

# Fewer answers than this say nothing about a question.
ENOUGH = 10
BANDS = 10

FLAGS = {
    "key": N_("Those who did best choose another option than the right one. Is the key right?"),
    "negative": N_(
        "Those who did well elsewhere get it wrong more often than the others. Look at key and"
        " wording."
    ),
    "weak": N_("It hardly tells those who know from those who do not."),
    "easy": N_("Nearly everybody has it right: it tells nobody apart."),
    "hard": N_("Hardly anybody has it right. Is it taught, and is it asked clearly?"),
    "idle": N_("A wrong option is taken by nobody: it does no work."),
}


@dataclass(frozen=True)
class OptionFigures:
    """Shares (0-1) of all, of the best 27 % and of the worst 27 % who chose it."""

    text: Localized
    is_right: bool
    share: float
    best: float | None
    worst: float | None


@dataclass(frozen=True)
class ItemFigures:
    """`difficulty`: mean share of the points (0-1, low is hard); `point_biserial` with the rest of
    the exam; `upper_lower`: difficulty among the best 27 % less that among the worst; `seconds`:
    the median of those who answered. None where it cannot be said."""

    version: QuestionVersion
    given: int
    difficulty: float
    point_biserial: float | None
    upper_lower: float | None
    seconds: float | None
    unanswered: float
    options: Sequence[OptionFigures] = ()
    flags: Sequence[str] = field(default=())


@dataclass(frozen=True)
class ExamAnalysis:
    """`bands`: people by tenths of the score, the last with those who had everything.

    `reliability`: Cronbach's alpha; `is_estimated` where not all had the same questions.
    """

    people: int
    mean: float
    deviation: float
    median: float
    bands: Sequence[int]
    seconds: float | None
    reliability: float | None
    is_estimated: bool
    items: Sequence[ItemFigures]

    @property
    def flagged(self) -> int:
        return sum(bool(item.flags) for item in self.items)


def analysis(session: Session, exam_id: int) -> ExamAnalysis | None:
    """Hardest first, those with a flag before the others; three queries. None before anybody."""
    found = sittings(session, exam_id)
    if not found:
        return None
    scores = [sitting.score for sitting in found]
    by_item: dict[int, list[tuple[int, Answer]]] = defaultdict(list)
    for number, sitting in enumerate(found):
        for answer in sitting.answers:
            by_item[answer.version_id].append((number, answer))
    versions = session.scalars(
        select(QuestionVersion)
        .where(QuestionVersion.id.in_(by_item))
        .options(joinedload(QuestionVersion.question))
    )
    best, worst = map(set, measures.extremes(scores))
    items = [_item(version, by_item[version.id], found, best, worst) for version in versions]
    items.sort(key=lambda item: (not item.flags, item.difficulty, item.version.id))
    reliability, is_estimated = _reliability(found, by_item)
    bands = [0] * BANDS
    for score in scores:
        bands[min(int(score * BANDS + 1e-9), BANDS - 1)] += 1
    times = [sum(a.seconds or 0 for a in sitting.answers) for sitting in found]
    return ExamAnalysis(
        len(found),
        measures.mean(scores),
        measures.variance(scores) ** 0.5,
        measures.median(scores) or 0.0,
        bands,
        measures.median(times),
        reliability,
        is_estimated,
        items,
    )


def _reliability(
    found: Sequence[Sitting], by_item: Mapping[int, Sequence[tuple[int, Answer]]]
) -> tuple[float | None, bool]:
    """Where papers differ, each item's variance is that of those who had it, and a paper's sum of
    them the mean over the papers."""
    if len(found) < 2:
        return None, False
    variances = {
        version_id: measures.variance([a.share * a.points for _, a in answers])
        for version_id, answers in by_item.items()
    }
    totals = measures.variance([sum(a.share * a.points for a in s.answers) for s in found])
    count = round(measures.mean([len(s.answers) for s in found]))
    within = measures.mean([sum(variances[a.version_id] for a in s.answers) for s in found])
    is_estimated = any(len(answers) < len(found) for answers in by_item.values())
    return measures.alpha([within / count] * count, totals), is_estimated


def _item(
    version: QuestionVersion,
    answers: Sequence[tuple[int, Answer]],
    found: Sequence[Sitting],
    best: set[int],
    worst: set[int],
) -> ItemFigures:
    shares = [answer.share for _, answer in answers]
    upper = [answer for number, answer in answers if number in best]
    lower = [answer for number, answer in answers if number in worst]
    options = _options(version, [a for _, a in answers], upper, lower)
    figures = ItemFigures(
        version=version,
        given=len(answers),
        difficulty=measures.mean(shares),
        point_biserial=measures.correlation(
            shares, [found[number].rest(answer) for number, answer in answers]
        ),
        upper_lower=_mean_share(upper) - _mean_share(lower) if upper and lower else None,
        seconds=measures.median([a.seconds for _, a in answers if a.seconds is not None]),
        unanswered=measures.mean([not a.given for _, a in answers]),
        options=options,
    )
    return _flagged(figures)


def _mean_share(answers: Sequence[Answer]) -> float:
    return measures.mean([answer.share for answer in answers])


def _options(
    version: QuestionVersion,
    every: Sequence[Answer],
    upper: Sequence[Answer],
    lower: Sequence[Answer],
) -> list[OptionFigures]:
    if version.type not in CHOICES:
        return []

    def share(number: int, answers: Sequence[Answer]) -> float | None:
        return measures.mean([number in a.given for a in answers]) if answers else None

    return [
        OptionFigures(
            Localized.of(text),
            number in version.answer,
            share(number, every) or 0.0,
            share(number, upper),
            share(number, lower),
        )
        for number, text in enumerate(version.options)
    ]


def _flagged(item: ItemFigures) -> ItemFigures:
    if item.given < ENOUGH:
        return item
    flags = []
    right = max((o.best or 0.0 for o in item.options if o.is_right), default=1.0)
    discrimination = item.point_biserial
    if any(not o.is_right and (o.best or 0.0) > right for o in item.options):
        flags.append("key")
    elif discrimination is not None and discrimination < 0:
        flags.append("negative")
    elif discrimination is not None and discrimination < 0.1 and 0.2 <= item.difficulty <= 0.95:
        flags.append("weak")
    if item.difficulty > 0.95:
        flags.append("easy")
    elif item.difficulty < 0.2:
        flags.append("hard")
    if item.given >= 3 * ENOUGH and any(not o.is_right and not o.share for o in item.options):
        flags.append("idle")
    return ItemFigures(**{**item.__dict__, "flags": flags})
