"""Many certificates in one ZIP, made while it is being sent: nothing but one batch is in memory."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from lms.plugins.api import Person, Session, printing
from lms.plugins.certificates.models import Certificate, Signature
from lms.plugins.certificates.printing import sheet

_AT_ONCE = 50
# What Windows, macOS or a shell would stumble over in a file name; the rest may be Chinese.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')
# File systems allow 255 bytes, and a Chinese character takes three.
_MOST_LETTERS = 30


def pdf(certificate: Certificate, address: str) -> bytes:
    """One certificate by itself."""
    with printing.cut_for(sheet.texts(certificate)) as font:
        return sheet.draw(certificate, address, font)


def file_name(certificate: Certificate) -> str:
    """`0042_王小明_新人上岗_SA-2026-000042.pdf`, which every system can store."""
    parts = certificate.person.staff_no, certificate.holder, certificate.title.pick("zh")
    kept = (_UNSAFE.sub(" ", part).strip(" .")[:_MOST_LETTERS].strip() for part in parts)
    return "_".join((*kept, certificate.number)) + ".pdf"


def stream(
    session: Session, ids: Sequence[int], address: Callable[[Certificate], str]
) -> Iterator[bytes]:
    """The ZIP, piece by piece. Each batch is read anew: no transaction lasts as long as a
    download does."""
    out = _Pipe()
    with zipfile.ZipFile(out, "w") as archive:  # PDF is compressed already
        for start in range(0, len(ids), _AT_ONCE):
            found = _read(session, ids[start : start + _AT_ONCE])
            with printing.cut_for(text for one in found for text in sheet.texts(one)) as font:
                for certificate in found:
                    content = sheet.draw(certificate, address(certificate), font)
                    entry = zipfile.ZipInfo(
                        file_name(certificate), certificate.issued_at.timetuple()[:6]
                    )
                    archive.writestr(entry, content)
                    yield out.taken()
    yield out.taken()


def _read(session: Session, ids: Sequence[int]) -> Sequence[Certificate]:
    whole = select(Certificate).where(Certificate.id.in_(ids), Certificate.holder != "")
    with Session(session.get_bind()) as own:
        own.connection(execution_options={"lms_read": True})  # waits for no writer
        return own.scalars(
            whole.options(
                joinedload(Certificate.person).load_only(Person.staff_no),
                joinedload(Certificate.signature).undefer(Signature.picture),
            ).order_by(Certificate.id)
        ).all()


class _Pipe(io.RawIOBase):
    """Where the archive is written; it cannot go back, so that nothing has to be kept."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        pieces = b"".join(self._pieces)
        self._pieces.clear()
        return pieces
