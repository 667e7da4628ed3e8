"""`days_between(a, b)`: from one date to another, alike on every database."""

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class days_between(FunctionElement[int]):
    type = Integer()
    inherit_cache = True


@compiles(days_between)
def _minus(element: Any, compiler: Any, **kw: Any) -> str:
    a, b = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({b} - {a})"


@compiles(days_between, "sqlite")
def _julian(element: Any, compiler: Any, **kw: Any) -> str:
    a, b = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"CAST(julianday({b}) - julianday({a}) AS INTEGER)"
