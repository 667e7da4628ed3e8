"""The built-in plugins are held to the suite that third parties' are."""

import pytest
from flask import Flask

from lms.plugins.testing import check_plugin


@pytest.mark.parametrize(
    "name",
    [
        "casereviews",
        "certificates",
        "duty",
        "exams",
        "insight",
        "mentoring",
        "messaging",
        "planning",
        "promotion",
        "recognition",
        "retraining",
        "scorecards",
    ],
)
def test_ours_conform(app: Flask, name: str) -> None:
    assert check_plugin(app, name) == []
