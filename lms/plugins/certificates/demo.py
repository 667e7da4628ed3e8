"""The demo's certificates: somebody signs them, and the onboarding's ends after two years."""

from datetime import datetime

from sqlalchemy import select

from lms.plugins.api import Actor, Localized, Programme, Session
from lms.plugins.certificates import signing, terms

_DEMO = Actor(None, "demo")
_MONTHS = 24


def sign_certificates(session: Session, now: datetime) -> None:
    signing.change(
        session, name=Localized("李思源", "Li Siyuan"),
        office=Localized("培训主管", "Training manager"),
        upload=None, keep_picture=False, actor=_DEMO, now=now,
    )  # fmt: skip
    onboarding = session.scalar(select(Programme.id).where(Programme.key == "onboarding"))
    if onboarding is not None:
        terms.change(session, onboarding, own="yes", months=_MONTHS, actor=_DEMO, now=now)
