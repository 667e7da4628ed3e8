"""The plugin keeps to what is asked of anybody's."""

from flask import Flask

from lms.plugins.testing.conformance import check_plugin


def test_conformance(both_apps: Flask) -> None:
    assert check_plugin(both_apps, "exams") == []
