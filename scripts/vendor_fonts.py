#!/usr/bin/env python3
"""Fetch, cut and pin the font of what is printed in lms/printing/fonts.

    python scripts/vendor_fonts.py            fetch anew; fail if the result is not as pinned
    python scripts/vendor_fonts.py --accept   the same, and pin anew (after an upgrade)
    python scripts/vendor_fonts.py --check    no network: the files are as pinned

Needs npm, and the fonttools of requirements.lock: another version may write other bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from vendor_assets import fetch

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "lms" / "printing" / "fonts"
SUMS = FONTS / "SHA256SUMS"

NOTO = "0.4.3"
PACKAGE = f"@expo-google-fonts/noto-serif-sc@{NOTO}"
FILE = "500Medium/NotoSerifSC_500Medium.ttf"

LATIN = (*range(0x20, 0x250), *range(0x2010, 0x2040))
# Of the standard table of characters in general use (通用规范汉字表), those in Extension A, which
# are in names and not in GBK. Its characters beyond the basic plane are all the font has there.
NAMES = (
    "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡"
    "䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"
)


def gbk() -> set[int]:
    found = set()
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            try:
                found |= {ord(c) for c in bytes([lead, trail]).decode("gbk")}
            except UnicodeDecodeError:
                continue
    return found


def cut(source: Path) -> bytes:
    """Half the size: GBK, Latin and rare characters of names, without hints and layout tables."""
    options = subset.Options(
        hinting=False, layout_features=[], notdef_outline=True, glyph_names=False, name_IDs=["*"]
    )
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "gasp", "vhea", "vmtx"]
    font = TTFont(source)
    beyond = {code for code in font.getBestCmap() if code > 0xFFFF}
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=gbk() | set(LATIN) | {ord(c) for c in NAMES} | beyond)
    cutter.subset(font)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def build(package: Path) -> dict[str, bytes]:
    return {
        f"noto-serif-sc-{NOTO}.ttf": cut(package / FILE),
        f"LICENSE-noto-serif-sc-{NOTO}.txt": (package / "LICENSE_FONT").read_bytes(),
    }


def sums(files: dict[str, bytes]) -> str:
    lines = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Fetch or check the font of what is printed.")
    parser.add_argument("--check", action="store_true", help="verify the files, no network")
    parser.add_argument("--accept", action="store_true", help="write SHA256SUMS anew")
    args = parser.parse_args()
    if args.check:
        files = {p.name: p.read_bytes() for p in FONTS.glob("*") if p != SUMS}
    else:
        with tempfile.TemporaryDirectory() as tmp:
            files = build(fetch(PACKAGE, Path(tmp) / "font"))
    if not args.accept and SUMS.read_text(encoding="utf-8") != sums(files):
        print(f"{FONTS.relative_to(ROOT)}: not what SHA256SUMS says", file=sys.stderr)
        return 1
    if not args.check:
        FONTS.mkdir(parents=True, exist_ok=True)
        for old in FONTS.iterdir():
            old.unlink()
        for name, content in files.items():
            (FONTS / name).write_bytes(content)
        SUMS.write_bytes(sums(files).encode())
    print(f"{len(files)} files in {FONTS.relative_to(ROOT)} are as pinned")
    return 0


if __name__ == "__main__":
    sys.exit(main())
