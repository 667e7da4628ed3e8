"""A lesson's files as its page shows them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from lms.uploads.kinds import KINDS

if TYPE_CHECKING:
    from lms.courses.markdown import Shown


def shown(
    media: Mapping[str, Mapping[str, Any]], address: Callable[[str], str]
) -> "tuple[Shown, ...]":
    """`media` as `files.described` has it; `address` gives a file's URL by its name."""
    from lms.courses.markdown import Shown  # a parser that commands do not need

    return tuple(
        Shown(
            name,
            KINDS[found["kind"]].family,
            address(name),
            _("Open the PDF (%(size)s MB)", size=f"{max(found['size'] / 1048576, 0.1):.1f}"),
            found.get("width"),
            found.get("height"),
        )
        for name, found in media.items()
    )
