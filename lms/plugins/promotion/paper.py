"""The dossier on paper: the same facts as the page, in the reader's language, to be filed."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from flask_babel import format_date
from flask_babel import gettext as _

from lms.plugins.api import CriterionState, Person, pick, printing
from lms.plugins.promotion import words
from lms.plugins.promotion.dossier import Dossier
from lms.plugins.promotion.evidence import MonthEvidence
from lms.plugins.promotion.models import Nomination

if TYPE_CHECKING:
    from fpdf import FPDF

_MARGIN, _WIDTH = 18.0, 174.0
_INK, _NAVY, _GREY, _PALE = (34, 40, 51), (18, 48, 92), (92, 102, 117), (238, 242, 248)


class Part(NamedTuple):
    """A heading with paragraphs and, if there are `rows`, a table whose first row is its head;
    `widths` in shares."""

    heading: str
    lines: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    widths: Sequence[int] = ()


def parts(found: Dossier, person: Person, *, names_shown: bool) -> list[Part]:
    """What is printed; without names of others for the person concerned."""
    check = found.check
    track = pick(check.track.name)
    title, number = pick(check.track.policy.title), check.policy.number
    policy = (
        _("Policy “%(name)s”, version %(number)s.", name=title, number=number)
        if number
        else _("Policy “%(name)s” as delivered.", name=title)
    )
    team = person.team.name if person.team else "–"
    head = Part(
        _("Dossier: promotion to %(level)s, %(year)s", level=track, year=check.year),
        [
            f"{person.name} · {person.staff_no} · {team}",
            _("As of %(day)s. %(policy)s", day=format_date(check.day), policy=policy),
        ],
    )
    made = [head, _verdict(found)]
    if found.verdict and found.verdict.criteria:
        made.append(_criteria(found))
    if found.months and check.policy["streak"]:
        made.append(_months(found.months))
    if found.nominations:
        made.append(Part(_("Nominations and decisions"), [
            line for one in found.nominations for line in _nomination(one, names_shown)
        ]))  # fmt: skip
    made.append(Part(_("For the file"), [
        _("HR: %(line)s   Date: %(line)s", line="_" * 24),
    ]))  # fmt: skip
    return made


def _verdict(found: Dossier) -> Part:
    verdict = found.verdict.verdict.value if found.verdict else "not_applicable"
    said = {"eligible": _("Eligible"), "not_yet": _("Not yet")}.get(verdict, _("Not applicable"))
    lines = [said]
    if found.verdict and found.verdict.runs:
        runs = ", ".join(map(str, found.verdict.runs))
        lines.append(_("Good months in a row, beginning in: %(months)s", months=runs))
    if found.miss and found.miss.changes:
        lines.append(_("Nearest miss:"))
        lines += [f"– {pick(line)}" for line in found.miss.lines]
    return Part(_("Verdict"), lines)


def _criteria(found: Dossier) -> Part:
    states = {CriterionState.MET: _("Met"), CriterionState.NOT_MET: _("Not met")}
    rows = [[_("Criterion"), _("Value"), _("Target"), _("State")]]
    rows += [
        [pick(c.label), c.value or "–", c.target or "–", states.get(c.state, _("Unknown"))]
        for c in (found.verdict.criteria if found.verdict else ())
    ]
    return Part(_("Further criteria"), (), rows, (9, 3, 3, 3))


def _months(months: Sequence[MonthEvidence]) -> Part:
    rows = [[_("Month"), _("Figures (target)"), _("KPI"), _("Satisfaction rank"), _("Source")]]
    for month in reversed(months):
        closed = month.closed
        figures = "; ".join(
            f"{pick(f.metric.label)} {pick(words.amount(f.metric, f.value))}"
            f" ({pick(words.amount(f.metric, f.target))})"
            for f in month.figures
        )
        place = (
            pick(words.not_ranked(month.not_ranked))
            if month.not_ranked
            else _("%(rank)s of %(n)s (limit %(limit)s)", rank=month.csat_rank or "–", n=closed.n,
                   limit=closed.limit)
        )  # fmt: skip
        sources = dict.fromkeys(f"{f.file} #{f.row}" for f in month.figures if f.file)
        met = _("Met") if month.kpi_met else _("Not met")
        rows.append([
            f"{closed.month} · r{closed.revision}",
            figures if month.has_result else _("no result that month"),
            met if month.has_result else "–", place if month.has_result else "–",
            "; ".join(sources) or "–",
        ])  # fmt: skip
    return Part(_("Month by month"), (), rows, (4, 10, 3, 5, 6))


def _nomination(one: Nomination, names_shown: bool) -> list[str]:
    def who(person: Person | None) -> str:
        return f" ({person.name})" if names_shown and person else ""

    lines = [
        _("Nominated on %(day)s%(who)s: %(reason)s", day=format_date(one.nominated_at),
          who=who(one.nominator), reason=one.reason if names_shown else "–")
    ]  # fmt: skip
    if one.decided_at:
        said = {"approved": _("Approved"), "scheduled": _("Approved")}.get(
            one.state, _("Declined") if one.state == "declined" else _("Decided")
        )
        lines.append(f"{said}, {format_date(one.decided_at)}{who(one.decider)}: "
                     f"{one.decision_reason}")  # fmt: skip
    if one.effective_on:
        lines.append(_("The level changes on %(day)s.", day=format_date(one.effective_on)))
    if one.ended_at:
        lines.append(_("Withdrawn on %(day)s: %(reason)s", day=format_date(one.ended_at),
                       reason=one.end_reason or "–"))  # fmt: skip
    if one.probation:
        lines.append(_("Probation until %(day)s.", day=format_date(one.probation.until)))
    return lines


def draw(made: Sequence[Part], *, title: str, author: str, at: datetime, language: str) -> bytes:
    """The PDF, A4 portrait, pages numbered."""
    texts = chain.from_iterable(
        (part.heading, *part.lines, *chain.from_iterable(part.rows)) for part in made
    )
    printed = _("Printed on %(day)s", day=format_date(at))
    with printing.cut_for([*texts, author, printed, "0123456789/"]) as font:
        pdf = printing.document(font, title=title, author=author, at=at, language=language)
        pdf.set_margins(_MARGIN, _MARGIN, _MARGIN)
        pdf.set_auto_page_break(True, _MARGIN + 4)
        pdf.add_page()
        _line(pdf, author, 9, _GREY)
        for number, part in enumerate(made):
            _draw(pdf, part, is_title=number == 0)
        _feet(pdf, printed)
        return bytes(pdf.output())


def _draw(pdf: "FPDF", part: Part, *, is_title: bool) -> None:
    from fpdf.fonts import FontFace

    pdf.ln(2 if is_title else 5)
    _line(pdf, part.heading, 17 if is_title else 12.5, _NAVY)
    for line in part.lines:
        _line(pdf, line, 10, _INK)
    if not part.rows:
        return
    pdf.ln(1)
    pdf.set_font("song", size=8.5)
    pdf.set_draw_color(*_GREY)
    pdf.set_line_width(0.1)
    head = FontFace(family="song", emphasis="", color=_NAVY, fill_color=_PALE)
    with pdf.table(
        headings_style=head, col_widths=tuple(part.widths), text_align="LEFT", line_height=4.6,
        width=_WIDTH, borders_layout="HORIZONTAL_LINES", padding=1,
    ) as table:  # fmt: skip
        for cells in part.rows:
            table.row([printing.writable(cell) for cell in cells])


def _line(pdf: "FPDF", text: str, size: float, color: tuple[int, int, int]) -> None:
    pdf.set_font("song", size=size)
    pdf.set_text_color(*color)
    pdf.multi_cell(
        _WIDTH, size * 0.52, printing.writable(text), align="L", new_x="LMARGIN", new_y="NEXT"
    )
    pdf.set_text_color(*_INK)


def _feet(pdf: "FPDF", printed: str) -> None:
    """Known only now: how many pages there are."""
    count = pdf.pages_count
    pdf.set_auto_page_break(False)
    for number in range(1, count + 1):
        pdf.page = number
        pdf.set_font("song", size=8)
        pdf.set_text_color(*_GREY)
        pdf.set_xy(_MARGIN, 284)
        pdf.cell(_WIDTH, 4, printed, align="L")
        pdf.set_xy(_MARGIN, 284)
        pdf.cell(_WIDTH, 4, f"{number}/{count}", align="R")
