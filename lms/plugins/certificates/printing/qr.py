"""The QR code of a certificate's address, on paper and on the screen."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fpdf import FPDF


def modules(address: str) -> Sequence[Sequence[int]]:
    """Rows of dark (1) and light (0) modules, without the quiet zone."""
    import segno

    return segno.make_qr(address, error="m").matrix


def draw(pdf: "FPDF", address: str, *, x: float, y: float, side: float) -> None:
    """`side` in mm; around it stays white what a reader needs as a quiet zone."""
    rows = modules(address)
    module = side / len(rows)
    pdf.set_fill_color(0, 0, 0)
    for number, row in enumerate(rows):
        column = 0
        while column < len(row):
            end = column
            while end < len(row) and row[end]:
                end += 1
            if end > column:  # a run of dark modules is one area, without seams
                left, top = x + column * module, y + number * module
                pdf.rect(left, top, (end - column) * module, module, style="F")
            column = end + 1


def as_svg(address: str) -> str:
    """For a page; black on white in dark mode, too, or readers fail."""
    import segno

    out = io.BytesIO()
    segno.make_qr(address, error="m").save(
        out, kind="svg", xmldecl=False, svgns=False, omitsize=True, light="#fff", border=2
    )
    return out.getvalue().decode()
