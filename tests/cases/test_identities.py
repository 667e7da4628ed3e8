"""Who a customer is does not stand in a published case."""

import pytest

from lms.cases.identities import Kind, bare_name, find, replaced

ZH = [
    ("我姓张，张先生，电话 13812345678。", [(Kind.NAME, "张先生"), (Kind.PHONE, "13812345678")]),
    ("打我手机１３８１２３４５６７８也行", [(Kind.PHONE, "１３８１２３４５６７８")]),
    ("座机是021-58881234", [(Kind.PHONE, "021-58881234")]),
    ("我叫王小明，收件人：李娜", [(Kind.NAME, "王小明"), (Kind.NAME, "李娜")]),
    ("订单号：DD20261101-0042 还没到", [(Kind.ORDER, "DD20261101-0042")]),
    ("快递单号SF1234567890123显示签收", [(Kind.ORDER, "SF1234567890123")]),
    ("寄到上海市浦东新区世纪大道100号15楼", [(Kind.ADDRESS, "上海市浦东新区世纪大道100号15楼")]),
    ("住在阳光小区3号楼2单元501", [(Kind.ADDRESS, "阳光小区3号楼2单元501")]),
    (
        "住北京市朝阳区建国路 88 号院 3 号楼 502，开门请按铃",
        [(Kind.ADDRESS, "北京市朝阳区建国路 88 号院 3 号楼 502")],
    ),
    ("客户王小明，电话打不通；用户李娜来电", [(Kind.NAME, "王小明"), (Kind.NAME, "李娜")]),
    ("我是张伟，昨天下的单；我是李娜", [(Kind.NAME, "张伟"), (Kind.NAME, "李娜")]),
    ("我是金牌客服，我是主管，我是小秦，我是黄金会员", []),
    ("客户马上要走，客户田里没信号，顾客满意，走了 3 公里路 5 分钟", []),
    ("身份证310101199001011234", [(Kind.CARD, "310101199001011234")]),
    ("发到li.na@example.com", [(Kind.EMAIL, "li.na@example.com")]),
    ("欧阳女士您好", [(Kind.NAME, "欧阳女士")]),
    ("这时王女士和李先生都来了", [(Kind.NAME, "王女士"), (Kind.NAME, "李先生")]),
    ("这位先生买了 3 件，共 299.00 元，2026-11-02 下单，48 小时没发货。", []),
    ("我们的承诺是 7 天无理由退货，首次响应 30 秒以内。", []),
]
EN = [
    ("This is John Smith, order #A1234567.", [(Kind.NAME, "John Smith"), (Kind.ORDER, "A1234567")]),
    ("I am Robert Miller. I’m Ann Lee!", [(Kind.NAME, "Robert Miller"), (Kind.NAME, "Ann Lee")]),
    ("I am here. I'm Fang from the service, I am Not amused", []),
    ("Call me on +44 20 7946 0958", [(Kind.PHONE, "+44 20 7946 0958")]),
    ("My number: (415) 555-0132", [(Kind.PHONE, "(415) 555-0132")]),
    ("Mrs. Baker at 12 Baker Street, Flat 4", [(Kind.NAME, "Baker"), (Kind.ADDRESS, None)]),
    ("my card 4111 1111 1111 1111", [(Kind.CARD, "4111 1111 1111 1111")]),
    ("My order number is 20261101004 and it is late", [(Kind.ORDER, "20261101004")]),
    ("In order to refund 199.00 we need three days; this is what we promise.", []),
    ("Your order shipped yesterday. Order status: packed.", []),
]


@pytest.mark.parametrize(("text", "expected"), ZH)
def test_in_chinese(text: str, expected: list[tuple[Kind, str | None]]) -> None:
    _check(text, "zh", expected)


@pytest.mark.parametrize(("text", "expected"), EN)
def test_in_english(text: str, expected: list[tuple[Kind, str | None]]) -> None:
    _check(text, "en", expected)


def _check(text: str, locale: str, expected: list[tuple[Kind, str | None]]) -> None:
    found = find(text, locale)
    assert [one.kind for one in found] == [kind for kind, _ in expected]
    for one, (_, said) in zip(found, expected, strict=True):
        assert said in (None, one.text)
        assert text[one.start : one.end] == one.text
    assert not find(replaced(text, locale), locale)


def test_a_name_is_known_without_its_title_too() -> None:
    found = find("王小明先生来电。后来小明和王小明都打过。", "zh", ["王小明"])
    assert [one.text for one in found] == ["王小明先生", "王小明"]
    assert bare_name(found[0]) == "王小明"
    assert replaced("王小明先生来电", "zh", ["王小明先生"], ["王小明"]) == "某先生来电"
