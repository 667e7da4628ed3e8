"""What goes from the public API works for a while, and says so to those who use it."""

import importlib

import pluggy
import pytest

from lms.plugins import api, deprecations, hookspecs


def test_an_old_name_still_works_and_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(deprecations.RENAMED, "Staff", "Person")
    with pytest.warns(DeprecationWarning, match="Staff is Person now") as caught:
        found = importlib.import_module("lms.plugins.api").Staff
    assert found is api.Person
    assert caught[0].filename == __file__


def test_a_name_that_never_was_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = api.Nothing  # type: ignore[attr-defined]
    with pytest.raises(ImportError):
        exec("from lms.plugins.api import Nothing")


def test_every_successor_exists() -> None:
    assert set(deprecations.RENAMED.values()) <= set(api.__all__)
    assert not set(deprecations.RENAMED) & set(api.__all__)


def test_a_hook_on_its_way_out_warns_whoever_implements_it() -> None:
    class Specs:
        @pluggy.HookspecMarker("lms")(warn_on_impl=DeprecationWarning("lms_old is lms_nav now"))
        def lms_old(self) -> None: ...

    class Plugin:
        @hookspecs.hookimpl
        def lms_old(self) -> None: ...

    manager = pluggy.PluginManager("lms")
    manager.add_hookspecs(Specs)
    with pytest.warns(DeprecationWarning, match="lms_nav now"):
        manager.register(Plugin())
