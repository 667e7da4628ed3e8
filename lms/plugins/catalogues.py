"""A plugin's message catalogues: what its sources say, and keeping both languages up with it."""

from collections.abc import Collection
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

LOCALES = ("zh_Hans", "en")
_METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
_KEYWORDS: dict[str, tuple[int, ...] | None] = {
    **dict.fromkeys(("_", "_l", "N_", "gettext", "lazy_gettext"), None),
    **dict.fromkeys(("DomainError", "NotAllowed", "NotFound", "Conflict"), None),
    "ngettext": (1, 2),
    "refuse": (2,),
}
# A template that cannot be parsed is an error, not a file without messages.
_OPTIONS = {"templates/**.html": {"silent": "false"}}
_NOT_SOURCES = {"migrations", "tests", "__pycache__"}


def extracted(folder: Path, domain: str, skip: Collection[Path] = ()) -> Catalog:
    """The messages of a package, with the files they are in; in English they say themselves.

    `skip`: folders inside it whose messages belong to another domain.
    """
    found = extract_from_dir(
        str(folder),
        _METHODS,
        _OPTIONS,
        _KEYWORDS,
        directory_filter=lambda path: (
            Path(path).name not in _NOT_SOURCES and Path(path) not in skip
        ),
    )
    catalog = Catalog(domain=domain, fuzzy=False)
    for filename, _line, message, _comments, context in found:
        # Files without lines: a catalogue should change when a text does, not when code moves.
        catalog.add(message, None, [(filename, 0)], context=context)
    return catalog


def update(folder: Path, domain: str, skip: Collection[Path] = ()) -> list[str]:
    """Bring both languages' `.po` and `.mo` up to date; returns what has no translation yet."""
    template, missing = extracted(folder, domain, skip), []
    for locale in LOCALES:
        path = _path(folder, domain, locale)
        catalog = Catalog(locale=locale, domain=domain, fuzzy=False)
        if path.exists():
            with path.open("rb") as file:
                catalog = read_po(file, locale=locale, domain=domain)
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        for message in catalog:
            if message.id and locale == "en":
                message.string = message.id
            elif message.id and not _whole(message.string):
                missing.append(f"{locale}: {_first(message.id)}")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=100, sort_output=True, include_lineno=False)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)
    return missing


def lacking(folder: Path, domain: str) -> list[str]:
    """What the compiled catalogues lack of the sources' messages."""
    wanted = sorted(_first(message.id) for message in extracted(folder, domain) if message.id)
    found = []
    for locale in LOCALES:
        known = _known(folder, domain, locale)
        found += [f"{locale}: {message}" for message in wanted if not known.get(message)]
    return found


def _known(folder: Path, domain: str, locale: str) -> dict[str, bool]:
    path = _path(folder, domain, locale).with_suffix(".mo")
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {_first(m.id): _whole(m.string) for m in read_mo(file) if m.id}


def _path(folder: Path, domain: str, locale: str) -> Path:
    return folder / "translations" / locale / "LC_MESSAGES" / f"{domain}.po"


def _whole(string: object) -> bool:
    return all(string) if isinstance(string, list | tuple) else bool(string)


def _first(message: object) -> str:
    return str(message[0] if isinstance(message, list | tuple) else message)
