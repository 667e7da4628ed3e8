"""Addresses for outside: in a QR code, a calendar, a mail."""

from flask import current_app, url_for


def public_site() -> str:
    """This site as others reach it (`LMS_PUBLIC_URL`), without a slash at its end; else empty."""
    return str(current_app.extensions["lms_settings"].public_url)


def public_url(endpoint: str, **values: object) -> str:
    """A page's whole address: of the public site if that is set, else as this request came."""
    site = public_site()
    if not site:
        return url_for(endpoint, _external=True, **values)  # type: ignore[arg-type]
    return site + url_for(endpoint, _external=False, **values)  # type: ignore[arg-type]
