"""The project that `lms plugin new` writes, from the templates beside this file.

In paths NAME stands for the plugin's name; in texts ${name} and ${Name} do.
"""

from pathlib import Path
from string import Template

from lms.plugins.catalogues import update

_TEMPLATES = Path(__file__).parent / "project"
_SUFFIX = ".tmpl"


def write_project(name: str, folder: Path) -> None:
    """`folder` must not be there yet."""
    values = {"name": name, "Name": name.capitalize()}
    for source in sorted(_TEMPLATES.rglob(f"*{_SUFFIX}")):
        path = str(source.relative_to(_TEMPLATES)).removesuffix(_SUFFIX).replace("NAME", name)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        text = Template(source.read_text("utf-8")).substitute(values)
        target.write_text(text, "utf-8")
    update(folder / f"lms_{name}", name)
