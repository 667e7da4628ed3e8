"""This site's address for outside: as set, else as the request came."""

from dataclasses import replace

import pytest
from flask import Flask

from lms.config import Settings
from lms.plugins.messaging.settings import absolute
from lms.web.addresses import public_url


def test_the_public_address_is_used_where_it_is_set(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.test_request_context(base_url="http://10.0.0.5:8000"):
        assert public_url("web.home") == "http://10.0.0.5:8000/"
        monkeypatch.setenv("LMS_PUBLIC_URL", "https://lms.example.com/")
        site = Settings.from_environment().public_url
        known = app.extensions["lms_settings"]
        monkeypatch.setitem(app.extensions, "lms_settings", replace(known, public_url=site))
        assert public_url("web.home") == "https://lms.example.com/"
        assert absolute({"public_address": ""}, "/me") == "https://lms.example.com/me"
        assert absolute({"public_address": "https://mail.example.com"}, "/") == (
            "https://mail.example.com/"
        )


@pytest.mark.parametrize("wrong", ["lms.example.com", "ftp://a", "https://a/lms", "https://"])
def test_what_is_no_address_of_a_site_is_refused_at_the_start(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_PUBLIC_URL", wrong)
    with pytest.raises(ValueError, match="LMS_PUBLIC_URL must look like"):
        Settings.from_environment()
