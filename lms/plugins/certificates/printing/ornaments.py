"""The frame and the rosette behind the text, all drawn as lines."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF

_NAVY, _GOLD, _FAINT = (18, 48, 92), (176, 141, 62), (244, 238, 224)
_WIDTH, _HEIGHT = 297.0, 210.0
_PETALS = 24
_CORNER = 9.0


def frame(pdf: "FPDF") -> None:
    _rosette(pdf)
    pdf.set_draw_color(*_NAVY)
    pdf.set_line_width(1.3)
    pdf.rect(8, 8, _WIDTH - 16, _HEIGHT - 16)
    pdf.set_draw_color(*_GOLD)
    pdf.set_line_width(0.35)
    _hollow_corners(pdf, 11.5)
    pdf.set_line_width(0.15)
    _hollow_corners(pdf, 13)
    pdf.set_fill_color(*_GOLD)
    for x in (14.6, _WIDTH - 14.6):
        for y in (14.6, _HEIGHT - 14.6):
            pdf.circle(x, y, 1.1, style="F")


def _rosette(pdf: "FPDF") -> None:
    """Ellipses turned round one point, as on banknotes; faint enough to read across."""
    x, y = _WIDTH / 2, _HEIGHT / 2
    pdf.set_draw_color(*_FAINT)
    pdf.set_line_width(0.2)
    for petal in range(_PETALS):
        with pdf.rotation(180 / _PETALS * petal, x, y):
            pdf.ellipse(x - 78, y - 22, 156, 44)


def _hollow_corners(pdf: "FPDF", inset: float) -> None:
    """A frame whose corners are taken out in quarter circles."""
    left, top, right, bottom = inset, inset, _WIDTH - inset, _HEIGHT - inset
    r = _CORNER - (inset - 11.5)
    pdf.line(left + r, top, right - r, top)
    pdf.line(left + r, bottom, right - r, bottom)
    pdf.line(left, top + r, left, bottom - r)
    pdf.line(right, top + r, right, bottom - r)
    for x, y, start in (
        (left, top, 0),
        (right, top, 90),
        (right, bottom, 180),
        (left, bottom, 270),
    ):
        pdf.arc(x - r, y - r, 2 * r, start, start + 90)


def rules(pdf: "FPDF", *, y: float, gap: float, length: float) -> None:
    """A short line on either side of the middle."""
    pdf.set_draw_color(*_GOLD)
    pdf.set_line_width(0.3)
    middle = _WIDTH / 2
    pdf.line(middle - gap - length, y, middle - gap, y)
    pdf.line(middle + gap, y, middle + gap + length, y)
