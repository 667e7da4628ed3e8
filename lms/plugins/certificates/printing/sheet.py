"""One certificate on A4 landscape, in both languages: a document is shown to others."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lms.plugins.api import printing
from lms.plugins.certificates.models import Certificate
from lms.plugins.certificates.printing import ornaments, qr

if TYPE_CHECKING:
    from fpdf import FPDF

_WIDTH, _TEXT_WIDTH = 297.0, 236.0
_INK, _NAVY, _GOLD, _GREY = (34, 40, 51), (18, 48, 92), (150, 116, 40), (92, 102, 117)
_FIXED = (
    "结业证书CERTIFICATE OF COMPLETION兹证明This is to certify that已完成以下培训并通过全部考核"
    "has completed, with every assessment passed,具备上岗资格and is cleared for duty"
    "颁发日期Date有效期至Valid until长期no end证书编号Number验证码Check code扫码验证Scan to verify"
    "荣誉证书CERTIFICATE OF HONOUR获得以下荣誉has earned this honour:"
    "工号Staff no.=U+0123456789ABCDEFGHJKLMNPQRSTUVWXYZ-· " + printing.MISSING
)


def texts(certificate: Certificate) -> list[str]:
    """Everything that is written on its sheet, for cutting the font."""
    signature = certificate.signature
    signed = [signature.name, signature.office] if signature else []
    pairs = [certificate.title, certificate.issuer, *signed]
    return [
        _FIXED, certificate.holder, certificate.person.staff_no,
        *(text for pair in pairs for text in (pair.zh, pair.en)),
    ]  # fmt: skip


def draw(certificate: Certificate, address: str, font: Path) -> bytes:
    """The PDF; `address` is where it is checked, `font` a cut for `texts(certificate)`."""
    pdf = printing.document(
        font, title=f"{certificate.holder} {certificate.number}",
        author=certificate.issuer.pick("zh"), at=certificate.issued_at, language="zh-CN",
        landscape=True,
    )  # fmt: skip
    pdf.add_page()
    ornaments.frame(pdf)
    _heading(pdf, certificate)
    _holder(pdf, certificate)
    _course(pdf, certificate)
    _facts(pdf, certificate)
    _signature(pdf, certificate)
    qr.draw(pdf, address, x=233, y=143.5, side=33)
    _line(pdf, "扫码验证 · Scan to verify", 178, 8, _GREY, x=219.5, width=60)
    return bytes(pdf.output())


def _heading(pdf: "FPDF", certificate: Certificate) -> None:
    issuer = certificate.issuer
    _line(pdf, issuer.pick("zh"), 23.5, 13, _NAVY, spacing=1.5)
    if issuer.en and issuer.en != issuer.zh:
        _line(pdf, issuer.en, 30, 9, _GREY, spacing=0.5)
    zh, en = ("荣誉证书", "HONOUR") if certificate.award else ("结业证书", "COMPLETION")
    _line(pdf, zh, 38, 40, _NAVY, spacing=14, weight=0.4)
    _line(pdf, f"CERTIFICATE OF {en}", 56, 11, _GOLD, spacing=2.6)
    ornaments.rules(pdf, y=58.4, gap=46, length=34)


def _holder(pdf: "FPDF", certificate: Certificate) -> None:
    _line(pdf, "兹证明  This is to certify that", 68, 11, _GREY)
    _line(pdf, certificate.holder, 76, 33, _INK, spacing=2, weight=0.25)
    pdf.set_draw_color(*_GOLD)
    pdf.set_line_width(0.3)
    pdf.line(_WIDTH / 2 - 62, 92.5, _WIDTH / 2 + 62, 92.5)
    if missing := printing.lacking(certificate.holder):
        codes = " ".join(f"U+{ord(c):04X}" for c in missing)
        staff_no = certificate.person.staff_no
        said = f"{printing.MISSING} = {codes} · 工号 Staff no. {staff_no}"
        _line(pdf, said, 93.5, 8, _GREY)


def _course(pdf: "FPDF", certificate: Certificate) -> None:
    done = (
        ("获得以下荣誉", "has earned this honour:")
        if certificate.award
        else ("已完成以下培训并通过全部考核", "has completed, with every assessment passed,")
    )
    _line(pdf, done[0], 99, 11, _GREY)
    _line(pdf, done[1], 104.5, 9, _GREY)
    title = certificate.title
    _line(pdf, title.pick("zh"), 112, 21, _NAVY, weight=0.15)
    if title.en and title.en != title.zh:
        _line(pdf, title.en, 122, 11.5, _NAVY)
    if certificate.clears_for_duty:
        _line(pdf, "具备上岗资格 · and is cleared for duty", 131, 11, _GOLD, spacing=0.6)


def _facts(pdf: "FPDF", certificate: Certificate) -> None:
    end = certificate.expires_on
    facts = (
        ("证书编号 Number", certificate.number),
        ("颁发日期 Date", certificate.issued_on.isoformat()),
        ("有效期至 Valid until", end.isoformat() if end else "长期 · no end"),
        ("验证码 Check code", certificate.shown_code),
    )
    for row, (label, value) in enumerate(facts):
        y = 145.5 + row * 9.6
        _line(pdf, label, y, 7.5, _GREY, x=30, width=62, align="L")
        _line(pdf, value, y + 3.6, 10.5, _INK, x=30, width=62, align="L")


def _signature(pdf: "FPDF", certificate: Certificate) -> None:
    signature = certificate.signature
    if signature is None:
        return
    if signature.picture:
        pdf.image(
            io.BytesIO(signature.picture), x=_WIDTH / 2 - 30, y=140.5, w=60, h=24,
            keep_aspect_ratio=True,
        )  # fmt: skip
    pdf.set_draw_color(*_GREY)
    pdf.set_line_width(0.2)
    pdf.line(_WIDTH / 2 - 34, 166, _WIDTH / 2 + 34, 166)
    _line(pdf, _both(signature.name.zh, signature.name.en), 167.5, 11, _INK, width=84)
    _line(pdf, _both(signature.office.zh, signature.office.en), 173.5, 8.5, _GREY, width=84)


def _both(zh: str, en: str) -> str:
    return " · ".join(dict.fromkeys(text for text in (zh, en) if text))


def _line(
    pdf: "FPDF",
    text: str,
    y: float,
    size: float,
    color: Sequence[int],
    *,
    x: float | None = None,
    width: float = _TEXT_WIDTH,
    spacing: float = 0,
    weight: float = 0,
    align: str = "C",
) -> None:
    """A line from `y` (mm) down, in the middle unless placed; smaller where it does not fit.

    `spacing` in points, `weight` the width in mm by which the letters are made bolder.
    """
    from fpdf.enums import TextMode

    text = printing.writable(text)
    pdf.set_font("song", size=size)
    pdf.set_char_spacing(spacing)
    needed = pdf.get_string_width(text)
    if needed > width:
        pdf.set_font("song", size=size * width / needed)
        pdf.set_char_spacing(spacing * width / needed)
    pdf.set_xy((_WIDTH - width) / 2 if x is None else x, y)
    with pdf.local_context(
        text_color=color,
        draw_color=color,
        line_width=weight or 0.2,
        text_mode=TextMode.FILL_STROKE if weight else TextMode.FILL,
    ):
        pdf.cell(width, size * 0.45, text, align=align)
    pdf.set_char_spacing(0)
