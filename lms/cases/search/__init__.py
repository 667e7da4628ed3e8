"""Finding published cases: one index, kept in plain tables, the same on both engines.

The index is written in the transaction that publishes a version. Every case has a place in it, the
larger the earlier it is shown: what is used much before what is used little, then the newest (see
`places`). It is looked through from the last place down, and no further than for the page and what
is counted on it, so that a word which is in every case costs no more than a rare one.
"""

from lms.cases.search.asking import MOST, PAGE_SIZE, Found, Search, find
from lms.cases.search.indexing import count_published, index
from lms.cases.search.reading import FoundVersion
from lms.cases.search.rebuilding import complete, rebuild
from lms.cases.search.scored import ORDERS
from lms.cases.search.tokens import FACETS
from lms.cases.search.writing import forget
from lms.cases.words import MAX_QUERY

__all__ = [
    "FACETS",
    "MAX_QUERY",
    "MOST",
    "ORDERS",
    "PAGE_SIZE",
    "Found",
    "FoundVersion",
    "Search",
    "complete",
    "count_published",
    "find",
    "forget",
    "index",
    "rebuild",
]
