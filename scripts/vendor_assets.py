#!/usr/bin/env python3
"""Fetch, prune and pin the browser assets in lms/static/vendor.

    python scripts/vendor_assets.py            fetch anew; fail if a file is not as pinned
    python scripts/vendor_assets.py --accept   the same, and pin anew (after an upgrade)
    python scripts/vendor_assets.py --check    no network: files match SHA256SUMS and templates

Needs Python and npm. npm verifies each package against the registry's
integrity hash; SHA256SUMS then pins what we ship.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "lms" / "static" / "vendor"
SUMS = VENDOR / "SHA256SUMS"

TABLER, HTMX, ICONS, ECHARTS = "1.6.1", "4.0.1", "3.51.0", "6.1.0"
PACKAGES = {
    "tabler": f"@tabler/core@{TABLER}",
    "htmx": f"htmx.org@{HTMX}",
    "icons": f"@tabler/icons@{ICONS}",
    "echarts": f"echarts@{ECHARTS}",
}

# The whole set is 5 MB; these few are what the pages use. Sorted, so a diff stays readable.
ICON_NAMES = """
    adjustments alert-circle alert-triangle arrow-left arrow-right arrows-sort award bell bolt
    book-2 books briefcase calendar calendar-event calendar-stats certificate chart-bar
    chart-line check checks chevron-down chevron-left chevron-right chevron-up circle-check
    circle-dashed circle-dot circle-x clipboard-check clipboard-list clock cloud-upload coin
    copy database device-floppy dots download external-link eye eye-off file-import
    file-spreadsheet file-text filter flag gavel git-compare grid-dots headset heart-handshake
    help-circle hierarchy history home hourglass info-circle key language link list-check
    list-numbers lock lock-open login logout mail menu-2 message-2 messages minus package
    paperclip pencil phone photo player-play player-stop plug plus printer progress-check puzzle
    refresh report-analytics ruler-measure scale school search send settings shield-check star
    table target trash trending-down trending-up trophy upload user user-check user-circle
    user-plus users users-group video x
""".split()  # noqa: SIM905 (a hundred quoted strings read worse)

# Hosts that appear in licence headers and XML namespaces. Anything else in a
# vendored file would be a call home or a registry, and is refused.
KNOWN_HOSTS = {
    "github.com",
    "popper.js.org",
    "tabler.io",
    "www.apache.org",
    "apache.org",
    "www.w3.org",
    "getbootstrap.com",
    "opensource.org",
}

MIT = """MIT License

{holders}

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""

# The npm package carries no licence file, only the header in its CSS and JS.
TABLER_HOLDERS = """Tabler (tabler-*.css, tabler-*.js)
Copyright 2018-2026 The Tabler Authors
Copyright 2018-2026 codecalm.net Paweł Kuna

It includes Bootstrap, Copyright 2011-2025 The Bootstrap Authors,
and Popper, Copyright 2019 Federico Zivolo, both under the same licence."""


def fetch(spec: str, into: Path) -> Path:
    """Unpack one npm package; return its folder."""
    into.mkdir(parents=True)
    npm = shutil.which("npm")  # on Windows it is npm.cmd, which needs its full name
    if not npm:
        raise SystemExit("npm is needed to fetch the assets")
    subprocess.run(
        [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", str(into), spec],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=into,
    )
    archive = next(into.glob("*.tgz"))
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="data")
    return into / "package"


def strip_source_maps(text: str) -> str:
    """The maps are not shipped; browsers would ask for them and get a 404."""
    text = re.sub(r"/\*[#@] sourceMappingURL=.*?\*/", "", text)
    return re.sub(r"^//[#@] sourceMappingURL=.*$", "", text, flags=re.MULTILINE).rstrip() + "\n"


def sprite(package: Path) -> str:
    """One SVG with a <symbol> for each icon, for <use href="...#name">."""
    symbols = []
    for name in sorted(ICON_NAMES):
        svg = (package / "icons" / "outline" / f"{name}.svg").read_text(encoding="utf-8")
        paths = re.findall(r"<(?!svg|/|!)[^>]+/>", svg)
        shapes = "".join(" ".join(p.split()) for p in paths if 'd="M0 0h24v24H0z"' not in p)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'


def build(packages: dict[str, Path]) -> dict[str, str]:
    """File name in the vendor folder -> text."""
    tabler, htmx = packages["tabler"] / "dist", packages["htmx"]
    icons, echarts = packages["icons"], packages["echarts"]

    def read(path: Path) -> str:
        return path.read_text(encoding="utf-8")

    echarts_licence = "\n\n".join(
        read(echarts / name) for name in ("LICENSE", "NOTICE", "licenses/LICENSE-d3")
    )
    code = {
        f"tabler-{TABLER}.min.css": read(tabler / "css" / "tabler.min.css"),
        f"tabler-{TABLER}.min.js": read(tabler / "js" / "tabler.min.js"),
        f"htmx-{HTMX}.min.js": read(htmx / "dist" / "htmx.min.js"),
        f"echarts-{ECHARTS}.simple.min.js": read(echarts / "dist" / "echarts.simple.min.js"),
    }
    return {
        **{name: strip_source_maps(text) for name, text in code.items()},
        f"tabler-icons-{ICONS}.svg": sprite(icons),
        f"LICENSE-tabler-{TABLER}.txt": MIT.format(holders=TABLER_HOLDERS),
        f"LICENSE-htmx-{HTMX}.txt": read(htmx / "LICENSE"),
        f"LICENSE-tabler-icons-{ICONS}.txt": read(icons / "LICENSE"),
        f"LICENSE-echarts-{ECHARTS}.txt": echarts_licence,
    }


def problems_in(files: dict[str, str]) -> list[str]:
    """What must never be shipped."""
    found = []
    for name, text in files.items():
        if name.startswith("LICENSE"):
            continue
        if "sourceMappingURL" in text:
            found.append(f"{name}: a source map comment is left")
        hosts = set(re.findall(r"https?://([\w.-]+)", text)) - KNOWN_HOSTS
        found += [f"{name}: names the host {host}" for host in sorted(hosts)]
    return found


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def pinned() -> dict[str, str]:
    if not SUMS.exists():
        return {}
    lines = (line.split("  ", 1) for line in SUMS.read_text(encoding="utf-8").splitlines())
    return {name: value for value, name in lines}


def differences(files: dict[str, str]) -> list[str]:
    known = pinned()
    changed = [f"{n}: not what SHA256SUMS says" for n in files if known.get(n) != digest(files[n])]
    return changed + [f"{n}: in SHA256SUMS but missing" for n in known.keys() - files.keys()]


def dangling() -> list[str]:
    """Version-named files mean that an upgrade must touch the templates, too."""
    templates = (ROOT / "lms" / "templates").rglob("*.html")
    return [
        f"{path.relative_to(ROOT)}: vendor/{name} is not there"
        for path in templates
        for name in re.findall(r"vendor/([\w.-]+)", path.read_text(encoding="utf-8"))
        if not (VENDOR / name).exists()
    ]


def on_disk() -> dict[str, str]:
    paths = sorted(p for p in VENDOR.glob("*") if p.is_file() and p != SUMS)
    return {p.name: p.read_bytes().decode("utf-8") for p in paths}


def write(files: dict[str, str]) -> None:
    VENDOR.mkdir(parents=True, exist_ok=True)
    for old in VENDOR.iterdir():
        old.unlink()
    for name, text in files.items():
        (VENDOR / name).write_bytes(text.encode())  # bytes: same line ends on Windows
    sums = "".join(f"{digest(files[name])}  {name}\n" for name in sorted(files))
    SUMS.write_bytes(sums.encode())


def main() -> int:
    parser = argparse.ArgumentParser(description="Fetch or check the vendored browser assets.")
    parser.add_argument("--check", action="store_true", help="verify the files, no network")
    parser.add_argument("--accept", action="store_true", help="write SHA256SUMS anew")
    args = parser.parse_args()

    if args.check:
        files = on_disk()
        problems = problems_in(files) + differences(files) + dangling()
    else:
        with tempfile.TemporaryDirectory() as tmp:
            files = build({key: fetch(spec, Path(tmp) / key) for key, spec in PACKAGES.items()})
        problems = problems_in(files)
        if not args.accept and SUMS.exists():
            problems += differences(files)
        if not problems:
            write(files)
            problems = dangling()
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"{len(files)} files in {VENDOR.relative_to(ROOT)} are as pinned")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
