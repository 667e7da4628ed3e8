import pytest

from lms.courses.markdown import to_html


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        ("**“文字”**后面", "“文字”"),
        ("**10 秒。**之后", "10 秒。"),
        ("是**（括号）**的", "（括号）"),
        ("中**bold**文", "bold"),
        ("a **b** c", "b"),
    ],
)
def test_bold_works_beside_chinese_text(text: str, bold: str) -> None:
    assert f"<strong>{bold}</strong>" in to_html(text)


def test_lone_asterisks_stay(text: str = "2 * 3 ** 4") -> None:
    assert text in to_html(text)


def test_scripts_and_dangerous_links_are_text() -> None:
    html = to_html("<script>x</script> [l](javascript:alert(1)) <b onclick=x>y</b>")
    assert "<script" not in html and "<a" not in html and "<b " not in html


def test_a_table_scrolls_in_its_own_box() -> None:
    html = to_html("|a|b|\n|-|-|\n|1|2|")
    assert '<div class="table-scroll" tabindex="0">' in html and "<td>1</td>" in html
