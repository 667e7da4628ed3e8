"""An empty A4 document that writes with the font."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lms.printing.font import writable

if TYPE_CHECKING:
    from fpdf import FPDF

FAMILY = "song"


def document(
    font: Path, *, title: str, author: str, at: datetime, language: str, landscape: bool = False
) -> "FPDF":
    """Without a page, margin or page break; `font` is a cut for everything that is written
    (`cut_for`), `at` the time it says it was made."""
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

    pdf = FPDF(orientation="landscape" if landscape else "portrait", format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.add_font(FAMILY, fname=font)
    song = pdf.fonts[FAMILY]
    assert isinstance(song, TTFFont)  # noqa: S101
    song.ttfont.recalcBBoxes = False  # they are right, and take half the time
    pdf.set_title(writable(title))
    pdf.set_author(author)
    pdf.set_creator("Service Academy")
    pdf.set_creation_date(at)
    pdf.set_lang(language)
    return pdf
