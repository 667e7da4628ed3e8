"""Questions from the files people have: tables, papers pasted from Word, GIFT, Aiken, Moodle XML.

Each reader gives drafts with the place they stood at; `checking` says what is wrong with one, and
`storing` puts the good ones into a bank. Nothing in a file is trusted.
"""

FORMATS = ("auto", "xlsx", "csv", "gift", "aiken", "moodle-xml", "text")
