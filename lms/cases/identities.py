"""What in a text could tell who a customer is: names, phones, addresses, order and card numbers.

Patterns, in Chinese and English, that rather find too much: a person confirms each finding before
a case is published (PRODUCT.md, "Who may see what of others"). They find nobody by being famous.
"""

import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from functools import cache
from typing import NamedTuple


class Kind(StrEnum):
    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    ORDER = "order"
    CARD = "card"


class Finding(NamedTuple):
    """`text` stands at `start` of what was searched; `instead` is what says the same of nobody."""

    kind: Kind
    text: str
    start: int
    instead: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


_SURNAMES = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|"
    "[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
    "鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄"
    "和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭"
    "梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇"
    "邢裴陆荣翁荀羊甄曲封储靳段富巫乌焦巴弓牧隗山谷车侯宓蓬全班仰秋仲伊宫宁仇栾甘厉戎祖武符刘景詹束龙"
    "叶幸司韶黎白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍却桑桂濮牛寿"
    "通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙"
    "东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公岳]"
)
# Of those, the frequent ones that seldom begin another word: after 客户 or 我是 one stands alone.
_FREQUENT = (
    "[王李张刘陈杨黄赵吴周徐孙朱胡郭罗郑梁谢宋唐韩冯邓曹彭萧肖田董潘袁蔡蒋余杜叶魏苏吕丁沈姚卢傅钟姜崔谭"
    "廖范汪陆金戴贾韦夏邱侯邹熊孟秦白尹薛闫段雷龙黎贺郝龚邵钱覃武莫汤]"
)
_CAPITALISED = r"[A-Z][a-z]+(?:[-' ][A-Z][a-z]+){0,2}"
_TITLES = {"先生": "某先生", "女士": "某女士", "小姐": "某小姐", "太太": "某太太", "阿姨": "某阿姨",
           "大爷": "某大爷", "师傅": "某师傅"}  # fmt: skip

_HAN = "[\u4e00-\u9fff]"
# A character of a place's name: not one that says what is done there.
_PLACE = "(?:(?![寄送发到往在住给是为])[\u4e00-\u9fff])"

# In this order: what an earlier one has taken is not looked at again.
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    (Kind.EMAIL, r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    (
        Kind.CARD,
        r"(?<!\d)\d{6}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)",
    ),
    (Kind.CARD, r"(?<!\d)(?:\d{4}[ -]){3}\d{1,7}(?!\d)"),
    (
        Kind.ORDER,
        r"(?:订单|运单|快递单|物流单|工单|保单)(?:编?号码?|号)?[是为:：\s]*"
        r"(?P<it>[A-Za-z0-9][A-Za-z0-9-]{5,})",
    ),
    (
        Kind.ORDER,
        r"(?i:\b(?:order|tracking|waybill|invoice|ticket)\b)"
        r"(?i:\s+(?:number|no\.?|id|is))*\s*[:#]?\s*"
        r"(?P<it>(?=[A-Za-z-]*\d)[A-Za-z0-9][A-Za-z0-9-]{5,})",
    ),
    (Kind.PHONE, r"(?<![\d-])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?![\d-])"),
    (
        Kind.PHONE,
        r"(?<![\d-])(?:0\d{2,3}[ -]?[2-9]\d{6,7}|[48]00(?:[ -]?\d{3,4}){2})(?![\d-])",
    ),
    (Kind.PHONE, r"(?<![\w-])\+\d{1,3}(?:[ -]?\(?\d{2,4}\)?){2,5}(?![\d-])"),
    (Kind.PHONE, r"(?<![\w-])\(?\d{3}\)?[ -]\d{3}-\d{4}(?![\d-])"),
    (
        Kind.ADDRESS,
        rf"(?:{_PLACE}{{2,8}}(?:省|自治区))?(?:{_PLACE}{{2,5}}市)?(?:{_PLACE}{{1,5}}[区县])?"
        rf"{_PLACE}{{1,8}}(?:路|大街|街|大道|道|巷|弄|村|镇) ?\d+ ?(?:号院?|弄|巷)"
        rf"(?:(?:{_HAN}|\w|-| ){{0,12}}(?:室|单元|楼|层|栋|幢|座))*(?: ?\d{{2,5}}(?!\d))?",
    ),
    (
        Kind.ADDRESS,
        rf"{_PLACE}{{2,8}}(?:小区|花园|公寓|大厦|新村|家园) ?"
        rf"[\w-]{{0,6}} ?(?:栋|幢|座|号楼|单元)(?: ?\d+ ?(?:单元|室|楼|层)?)*",
    ),
    (
        Kind.ADDRESS,
        r"\b\d{1,5}[A-Za-z]? (?:[A-Z][a-z]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln"
        r"|Drive|Dr|Boulevard|Blvd|Court|Way)\b\.?"
        r"(?:,? (?:Apt|Flat|Room|Unit|Suite)\.? ?\w+)?",
    ),
    (
        Kind.NAME,
        # Not the word before the name, though it is a surname as well: 和王女士.
        rf"(?![时于和从向那都后应曾经](?:{_SURNAMES}){_HAN}?(?:{'|'.join(_TITLES)}))"
        rf"(?:{_SURNAMES})(?:(?!某){_HAN}){{0,2}}(?:{'|'.join(_TITLES)})",
    ),
    (
        Kind.NAME,
        r"(?:我叫|我的名字[是叫]|(?:收件|收货|联系|投诉|报修)人[是为叫:：\s]*|姓名[是为:：\s]*)"
        rf"(?P<it>(?:{_SURNAMES}){_HAN}{{1,2}})",
    ),
    (
        Kind.NAME,
        rf"(?:客户|顾客|用户|买家|会员|机主|户主|我是|本人)(?P<it>{_FREQUENT}{_HAN}{{1,2}})"
        r"(?=[，,。；;：:（(、\s]|电话|手机|来电|致电|反映|投诉|表示|住|称|说|$)",
    ),
    (Kind.NAME, rf"\b(?:Mr|Mrs|Ms|Miss|Dr)\.? (?P<it>{_CAPITALISED})"),
    (
        Kind.NAME,
        r"(?i:\b(?:my name is|this is|i am|i['’]m|name:|addressed to|speaking with))\s+"
        r"(?P<it>[A-Z][a-z]+(?:[-' ][A-Z][a-z]+){1,2})",
    ),
    (Kind.NAME, rf"(?i:\b(?:my name is|name:))\s+(?P<it>{_CAPITALISED})"),
    # A long number with no word before it is most often an order's.
    (Kind.ORDER, r"(?<![\w.-])(?:[A-Z]{1,4}-?)?\d{8,}(?![\w-])"),
)


@cache
def _patterns() -> list[tuple[Kind, re.Pattern[str]]]:
    """Compiled when first asked for: that takes longer than loading any module of ours."""
    return [(kind, re.compile(pattern, re.ASCII)) for kind, pattern in _PATTERNS]


_INSTEAD = {
    Kind.PHONE: ("[电话]", "[phone]"),
    Kind.EMAIL: ("[邮箱]", "[e-mail]"),
    Kind.ADDRESS: ("[地址]", "[address]"),
    Kind.ORDER: ("[单号]", "[number]"),
    Kind.CARD: ("[证件或卡号]", "[ID or card number]"),
}
_FULL_WIDTH = {ord("０") + i: ord("0") + i for i in range(10)}


def find(text: str, locale: str, names: Collection[str] = ()) -> list[Finding]:
    """In the order of the text, none inside another; `locale` is the language of the text.

    `names`: known from elsewhere in the case, so found without a title or a word before them too.
    """
    searched = text.translate(_FULL_WIDTH)  # as long as the text itself
    found: list[Finding] = []
    for kind, pattern in [*_patterns(), *((Kind.NAME, _alone(name)) for name in names)]:
        for start, end in _places(pattern, searched):
            if all(end <= other.start or start >= other.end for other in found):
                said = text[start:end]
                found.append(Finding(kind, said, start, _instead(kind, said, locale)))
    return sorted(found, key=lambda one: one.start)


def bare_name(found: Finding) -> str | None:
    """The name without its title, if it is long enough to be looked for by itself."""
    if found.kind is not Kind.NAME:
        return None
    title = next((title for title in _TITLES if found.text.endswith(title)), "")
    name = found.text.removesuffix(title)
    return name if len(name) > (3 if name.isascii() else 1) else None


def _alone(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name))


def replaced(
    text: str, locale: str, only: Collection[str] | None = None, names: Collection[str] = ()
) -> str:
    """The text with what was found (`only` these of it) said of nobody; `names` as for `find`.

    With everything replaced, finding again finds nothing.
    """
    parts, place = [], 0
    for one in find(text, locale, names):
        if only is not None and one.text not in only:
            continue
        parts += [text[place : one.start], one.instead]
        place = one.end
    return "".join([*parts, text[place:]])


def _places(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    for match in pattern.finditer(text):
        yield match.span("it" if "it" in pattern.groupindex else 0)


def _instead(kind: Kind, said: str, locale: str) -> str:
    if kind is not Kind.NAME:
        zh, en = _INSTEAD[kind]
        return zh if locale == "zh" else en
    title = next((title for title in _TITLES if said.endswith(title)), None)
    if title:
        return _TITLES[title]
    return "某某" if locale == "zh" else "X"
