"""PDF with Chinese text: the font, cut to what a sheet needs, and a document written with it."""

from lms.printing.document import document
from lms.printing.font import FONT, MISSING, coverage, cut_for, lacking, writable

__all__ = ["FONT", "MISSING", "coverage", "cut_for", "document", "lacking", "writable"]
