"""Who signs: name, office, and a picture of the signature or seal, checked by its content."""

import io
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from lms.plugins.api import Actor, DomainError, Localized, Session, audit
from lms.plugins.certificates.models import Signature

MOST_BYTES = 2 * 1024 * 1024
_MOST_PIXELS = 25_000_000
# As large as it is ever printed: 60 × 24 mm at 300 dots to the inch.
_SIZE = (720, 288)


def present(session: Session) -> Signature | None:
    """The one that signs what is issued now, with its picture."""
    newest = select(func.max(Signature.id)).scalar_subquery()
    return session.scalar(
        select(Signature).where(Signature.id == newest).options(undefer(Signature.picture))
    )


def change(
    session: Session,
    *,
    name: Localized,
    office: Localized,
    upload: bytes | None,
    keep_picture: bool,
    actor: Actor,
    now: datetime,
) -> Signature:
    """A new signature for what is issued from now on; the same again changes nothing.

    DomainError (field `picture`): the upload is no PNG or JPEG, or too large.
    """
    before = present(session)
    kept = before.picture if before is not None and keep_picture else None
    picture = as_png(upload) if upload else kept
    said = (name, office, picture)
    if before is not None and said == (before.name, before.office, before.picture):
        return before
    new = Signature(
        name=name, office=office, picture=picture, has_picture=picture is not None,
        created_at=now, created_by=actor.person_id,
    )  # fmt: skip
    session.add(new)
    session.flush()
    audit.record(
        session, actor, "certificates.sign", ("certificate_signature", new.id), now=now,
        name=[name.zh, name.en], office=[office.zh, office.en], has_picture=new.has_picture,
    )  # fmt: skip
    return new


def as_png(upload: bytes) -> bytes:
    """The picture drawn anew, so that nothing else the file held is stored or sent to anybody."""
    from PIL import Image, UnidentifiedImageError

    if len(upload) > MOST_BYTES:
        raise DomainError("The picture is larger than 2 MB.", field="picture")
    try:
        with Image.open(io.BytesIO(upload), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise DomainError("The picture has more than 25 million dots.", field="picture")
            drawn = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise DomainError("This is not a PNG or JPEG picture.", field="picture") from None
    drawn.thumbnail(_SIZE)
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    return out.getvalue()
