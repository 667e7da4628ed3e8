"""Enumerations are written as the reader's language writes them."""

import pytest
from flask import Flask, session


@pytest.mark.parametrize(
    ("language", "plain", "strong"), [("en", "a, b &amp; c", "a; b &amp; c"),
                                      ("zh_Hans", "a、b &amp; c", "a；b &amp; c")],
)  # fmt: skip
def test_listed(app: Flask, language: str, plain: str, strong: str) -> None:
    with app.test_request_context():
        session["locale"] = language
        render = app.jinja_env.from_string("{{ x|listed }}|{{ x|listed(strong=true) }}").render
        assert render(x=["a", "b & c"]) == f"{plain}|{strong}"
        assert render(x=[]) == "|"
