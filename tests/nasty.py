"""Texts that have broken programs before: one list for every field in which people write.

Chosen for this project, kind by kind, after the public lists of such strings.
"""

_WORDS = (
    "undefined", "null", "NULL", "nil", "None", "true", "FALSE", "NaN",
    "-Infinity", "0", "-1", "1/0", "1e1000", "0x0", "00012", "１２３",
    "١٢٣", "1,000.00", "hasOwnProperty", "__proto__", "constructor",
)  # fmt: skip
_SIGNS = (
    "\\",
    "\\\\",
    "\\n\\x00\\u0000",
    "'",
    '"',
    "''",
    "`",
    "´",
    "“”‘’「」",
    ",./;'[]\\-=",
    '<>?:"{}|_+',
    "!@#$%^&*()`~",
    "&amp;lt;&#39;",
    "%s %d %n %(name)s %%",
    "{0} {name!r} ${x} #{x} {{ 7*7 }}{% raw %}",
    "%00 %0d%0aSet-Cookie: a=b",
    "| * _ ~~~ # ## --- ***",
    "![x](javascript:alert(1)) [a][b] <a:b>",
    "- 中文：x",
    "### 客户",
    "> quoted",
    "---",
    "=cmd|' /C calc'!A0",
    "+1 @SUM(1) -2",
    "\t tab \t here",
)
SCRIPTS = (
    "<script>alert(123)</script>",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onfocus=alert(1) autofocus ",
    '" onkeyup="alert(1)',
    "<a href=javascript:alert(1)>x</a>",
    "javascript:alert(1)",
    "<!-- --><![CDATA[ ]]>",
    "</textarea>x",
    "</title></style></option></select>",
    "<iframe srcdoc='<b>'>",
    "＜script＞alert(1)＜/script＞",
    "<sc<script>ript>alert(1)</sc</script>ript>",
    "data:text/html,<b>x</b>",
    "<?xml version='1.0'?><!ENTITY a 'b'>",
)
_ATTACKS = (
    "'; DROP TABLE drill; --",
    "1 OR 1=1",
    '" OR ""="',
    'MATCH NEAR("a" b) * ^',
    "../../../../etc/passwd%00",
    "C:\\con\\aux",
    "$(touch x) `id` ; ls",
    "() { :; }; echo x",
    "${jndi:ldap://x/a}",
    "/* */ UNION SELECT 1",
)
_SCRIPTS_OF_THE_WORLD = (
    "𠜎𠜱𠝹𠱓 𪚥 㐂 〇",
    "ﬁﬂ ﷽ ﷺ",
    "Z̷̡a͜l̴g̢o̞̥̱̳̭",
    "ด้้้้้็็็็็ด้้้้",
    "İıſßẞŉ",
    "ΑΣΣς",
    "مرحبا עברית test",
    "찦차를 타고",
    "👩‍👩‍👧‍👦🏳️‍🌈👍🏿0️⃣🇨🇳🇺🇳",
    "༼ຈل͜ຈ༽ﾉ ┻━┻",
    "⁰⁴⁵₀₁₂ ⒯⒣⒠ 𝕿𝖍𝖊 ˙ɐnbᴉlɐ",
    "Ａ　Ｂ　全角：（）",
    "中　文\u3000。",
)
# Not seen, or seen as something else.
_UNSEEN = (
    "a\u200bb\u200cc\u200dd\u2060e",
    "a\u00adb",
    "\u202ereversed\u202c",
    "\u2066x\u2069 \u200f y \u200e",
    "a\ufeffb",
    "a\ufff9b\ufffac\ufffb",
    "a\u2028b\u2029c",
    "a\u0085b",
    "a\u00a0b\u2003c\u3000d",
    "a\x01\x02\x07\x08\x0b\x0c\x1b[31m\x7fb",
    "\ufffd\uffff\ufdd0",
    "\U000e0041\U000f0000\U0010ffff",
    "a\ue001b\ue005",
)

NASTY = (*_WORDS, *_SIGNS, *SCRIPTS, *_ATTACKS, *_SCRIPTS_OF_THE_WORLD, *_UNSEEN)


def pieces(size: int, between: str = " ") -> list[str]:
    """All of them in texts of at most so many characters, with no blank at the ends to be lost."""
    found = [""]
    for text in NASTY:
        longer = f"{found[-1]}{between}|{text}|" if found[-1] else f"|{text}|"
        if len(longer) > size:
            found.append(f"|{text}|")
        else:
            found[-1] = longer
    return found
