"""Update the message catalogues from the sources, and compile them.

One domain for the core, one per plugin. In the English catalogue a message stands for itself.
`python scripts/messages.py` after changing texts; what lacks Chinese is listed, and fails a test.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent / "lms"
LOCALES = ("zh_Hans", "en")
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("templates/**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "DomainError": None,
    "NotAllowed": None,
    "NotFound": None,
    "Conflict": None,
}
OPTIONS = {"templates/**.html": {"silent": "false"}, "**/templates/**.html": {"silent": "false"}}


def domains() -> Iterator[tuple[str, Path]]:
    yield "messages", ROOT
    for folder in sorted((ROOT / "plugins").iterdir()):
        if (folder / "__init__.py").exists():
            yield folder.name, folder


def extract(domain: str, folder: Path) -> Catalog:
    plugins = {path for name, path in domains() if name != "messages"}

    def wanted(path: str) -> bool:
        return domain != "messages" or not any(Path(path) == plugin for plugin in plugins)

    catalog = Catalog(domain=domain, project="Service Academy", fuzzy=False)
    found = extract_from_dir(
        str(folder), METHODS, OPTIONS, KEYWORDS, directory_filter=wanted, strip_comment_tags=True
    )
    for filename, _line, message, _comments, context in found:
        # File names without lines: a catalogue should change when a text does, not when code moves.
        catalog.add(message, None, [(filename, None)], context=context)
    return catalog


def merged(domain: str, folder: Path, locale: str) -> tuple[Path, Catalog]:
    template = extract(domain, folder)
    path = folder / "translations" / locale / "LC_MESSAGES" / f"{domain}.po"
    if path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=locale, domain=domain)
    else:
        catalog = Catalog(locale=locale, domain=domain, project="Service Academy", fuzzy=False)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    if locale == "en":
        for message in catalog:
            if message.id:
                message.string = message.id
    return path, catalog


def lacking(catalog: Catalog) -> list[str]:
    """Messages without a translation."""
    return [
        str(m.id)
        for m in catalog
        if m.id and not (all(m.string) if isinstance(m.string, tuple) else m.string)
    ]


def main() -> int:
    count = 0
    for domain, folder in domains():
        for locale in LOCALES:
            path, catalog = merged(domain, folder, locale)
            if not len(catalog):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, catalog, width=100, sort_output=True, omit_header=False)
            with path.with_suffix(".mo").open("wb") as file:
                write_mo(file, catalog)
            missing = lacking(catalog)
            count += len(missing)
            for text in missing:
                print(f"{path.relative_to(ROOT)}: {text!r}")
    print(f"{count} messages lack a translation")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
