"""`whole(x)`: the integer part of a number that is not negative, alike on every database."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class whole(FunctionElement[int]):
    """SQLite cuts on CAST (and may lack floor); PostgreSQL rounds on CAST, so it needs floor."""

    type = BigInteger()
    inherit_cache = True


@compiles(whole)
def _floor(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST(floor({compiler.process(element.clauses, **kw)}) AS BIGINT)"


@compiles(whole, "sqlite")
def _cut(element: Any, compiler: Any, **kw: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **kw)} AS INTEGER)"
