"""Finding published cases: one index per engine, the same words, the same order of results.

The index is written in the transaction that publishes a version. Every case has a place in it, the
larger the earlier it is shown: what is used much before what is used little, then the newest (see
`places`). Both engines hand out what they find by place, so that the first page of a word which is
in every case costs no more than that of a rare one.
"""

from lms.cases.search.asking import MOST, PAGE_SIZE, Found, Search, find
from lms.cases.search.indexing import (
    SQLITE_OWN,
    complete,
    count_published,
    forget,
    forget_all,
    index,
    rebuild,
)
from lms.cases.search.reading import FoundVersion
from lms.cases.search.scored import ORDERS
from lms.cases.search.tokens import FACETS
from lms.cases.words import MAX_QUERY

__all__ = [
    "FACETS",
    "MAX_QUERY",
    "MOST",
    "ORDERS",
    "PAGE_SIZE",
    "SQLITE_OWN",
    "Found",
    "FoundVersion",
    "Search",
    "complete",
    "count_published",
    "find",
    "forget",
    "forget_all",
    "index",
    "rebuild",
]
