"""Whether a hook returned what its hookspec says, so that a wrong value stops at its plugin."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from flask_babel import LazyString

Expect = Callable[[Any], None]


@cache
def result_of(spec: Callable[..., Any]) -> Expect:
    """A check that raises TypeError saying what came and what the hookspec promises."""
    expect = expectation(get_type_hints(spec)["return"])

    def check(value: Any) -> None:
        if value is None or (type(value) in (list, tuple) and not value):
            return  # what most hooks say to most pages, at no cost
        expect(value)

    return check


@cache
def expectation(hint: Any) -> Expect:
    """A check for a type hint; what it does not know it lets pass."""
    if hint is Any:  # a class since Python 3.11, and one that isinstance refuses
        return _anything
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _any_of(args)
    if origin is tuple and args[-1] is not Ellipsis:
        return _parts([expectation(each) for each in args])
    if origin is not None and origin in (Sequence, list, tuple):
        return _items(expectation(args[0]))
    if origin is Mapping or origin is dict:
        return _pairs(expectation(args[0]), expectation(args[1]))
    if getattr(hint, "_is_protocol", False):
        return _members(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _fields(hint)
    if hint is str:
        return _instance((str, LazyString), "str")
    if hint is float:
        return _instance((int, float), "float")
    return _instance(hint, hint.__name__) if isinstance(hint, type) else _anything


def _anything(value: Any) -> None:
    return None


def _instance(kind: Any, name: str) -> Expect:
    def check(value: Any) -> None:
        if not isinstance(value, kind):
            raise TypeError(f"{type(value).__name__} where {name} is due")

    return check


def _any_of(hints: Sequence[Any]) -> Expect:
    others = [expectation(hint) for hint in hints if hint is not NoneType]
    allows_none = NoneType in hints

    def check(value: Any) -> None:
        if value is None and allows_none:
            return
        for number, expect in enumerate(others, start=1):
            try:
                return expect(value)
            except TypeError:
                if number == len(others):
                    raise

    return check


def _items(expect: Expect) -> Expect:
    def check(value: Any) -> None:
        if isinstance(value, str | bytes) or not isinstance(value, Sequence):
            raise TypeError(f"{type(value).__name__} where a list is due")
        for item in value:
            expect(item)

    return check


def _parts(expected: Sequence[Expect]) -> Expect:
    """Of a tuple that has so many parts, each of its own kind."""

    def check(value: Any) -> None:
        if not isinstance(value, tuple) or len(value) != len(expected):
            raise TypeError(f"{type(value).__name__} where a tuple of {len(expected)} is due")
        for expect, part in zip(expected, value, strict=True):
            expect(part)

    return check


def _pairs(expect_key: Expect, expect_value: Expect) -> Expect:
    def check(value: Any) -> None:
        if not isinstance(value, Mapping):
            raise TypeError(f"{type(value).__name__} where a mapping is due")
        for key, item in value.items():
            expect_key(key)
            expect_value(item)

    return check


def _fields(kind: type) -> Expect:
    # Hints are resolved at the first value: a class may refer to one that is defined after it.
    @cache
    def expected() -> list[tuple[str, Expect]]:
        hints = get_type_hints(kind)
        return [(field.name, expectation(hints[field.name])) for field in fields(kind)]

    def check(value: Any) -> None:
        if not isinstance(value, kind):
            raise TypeError(f"{type(value).__name__} where {kind.__name__} is due")
        for name, expect in expected():
            try:
                expect(getattr(value, name))
            except TypeError as error:
                raise TypeError(f"{kind.__name__}.{name}: {error}") from None

    return check


def _members(protocol: type) -> Expect:
    hints = get_type_hints(protocol)
    methods = [n for n, item in vars(protocol).items() if n[0] != "_" and callable(item)]

    def check(value: Any) -> None:
        for name in (*hints, *methods):
            if not hasattr(value, name):
                raise TypeError(f"{type(value).__name__} lacks {protocol.__name__}.{name}")
        for name, hint in hints.items():
            expectation(hint)(getattr(value, name))
        for name in methods:
            if not callable(getattr(value, name)):
                raise TypeError(f"{protocol.__name__}.{name} is not a method")

    return check
