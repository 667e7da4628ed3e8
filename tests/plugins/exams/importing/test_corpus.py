"""Files as people have them (tests/data/questions), each beside what must come of it."""

from pathlib import Path

import pytest
import yaml

from lms.errors import DomainError
from lms.plugins.exams.importing import reading
from lms.plugins.exams.importing.checking import entry_of

FOLDER = Path(__file__).parents[3] / "data" / "questions"
FILES = sorted(p for p in FOLDER.rglob("*") if p.is_file() and p.suffix not in (".yaml", ".md"))


def outcome(path: Path) -> dict[str, object]:
    content = path.read_bytes()
    try:
        found = reading.read(content, path.name)
    except DomainError as error:
        return {"error": str(error)}
    entries = [(draft, entry_of(draft)) for draft in found.drafts]
    said = {
        "format": reading.recognise(content, path.name),
        "questions": [entry for draft, entry in entries if not draft.reasons],
        "refused": [
            {str(draft.place): [str(reason) for reason in draft.reasons]}
            for draft, _ in entries
            if draft.reasons
        ],
        "warnings": [f"{place}: {said}" if place else str(said) for place, said in found.said()],
        "unknown": found.unknown,
    }
    return {name: value for name, value in said.items() if value}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_file_says_what_a_person_reads_in_it(path: Path) -> None:
    expected = yaml.safe_load(path.with_name(path.name + ".yaml").read_text("utf-8"))
    assert outcome(path) == expected


@pytest.mark.parametrize(
    ("name", "kind"),
    [("aiken.txt", "xlsx"), ("columns-gb18030.csv", "moodle-xml"), ("nothing.txt", "gift")],
)
def test_a_format_that_is_said_wrongly_is_refused(name: str, kind: str) -> None:
    with pytest.raises(DomainError):
        reading.read((FOLDER / name).read_bytes(), name, kind)
