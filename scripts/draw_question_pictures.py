"""Draws the pictures of the starter questions: python scripts/draw_question_pictures.py

Each text stands in both languages, so that one picture serves all readers.
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parent.parent
OUT = ROOT / "lms/content/questions"
FONT = ROOT / "lms/printing/fonts/noto-serif-sc-0.4.3.ttf"
INK, SOFT, LINE, PAPER = "#1f2733", "#5b6675", "#d5dbe3", "#ffffff"
BLUE, PALE, AMBER = "#2f6fde", "#e8f0fd", "#b26b00"

BY_HOUR = ((9, 6), (11, 7), (13, 14), (15, 8), (17, 5), (20, 18))
CHAT = (
    (False, "我姐昨天在你们家买了东西，放在哪个自提点？",
     "My sister bought something here. Which pick-up point is it at?"),
    (True, "您好，请她在自己的账号里查看，订单页上都有。",
     "Hello! Please have her look in her own account; it is all there."),
    (False, "她在开会，您就告诉我吧。她姓林。",
     "She is in a meeting, just tell me. Her name is Lin."),
    (True, "好吧，林女士的耳机在人民路自提点。",
     "All right: Ms Lin's headphones are at Renmin Road."),
    (True, "不过取件码我不能告诉您。", "But I cannot give you the pick-up code."),
)  # fmt: skip
TRACK = (
    ("11-11 09:20", "已揽收", "Picked up"),
    ("11-11 22:45", "到达分拨中心", "Arrived at the sorting hub"),
    ("11-12 08:10", "派送中", "Out for delivery"),
    ("11-12 10:35", "地址无法派送，已退回站点", "Address cannot be served, back at the depot"),
)
TICKETS = (
    ("ticket-late", "快递晚到两天，问什么时候到", "Parcel two days late,\nasks when it comes"),
    ("ticket-tone", "说客服不耐烦，要求道歉", "Says the agent was impatient,\nwants an apology"),
    ("ticket-fire", "充电器起火，损失约 1600 元", "Charger caught fire,\nloss about 1,600 yuan"),
    ("ticket-how", "不会开发票，问在哪里点", "Cannot find\nthe invoice button"),
)


def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


def sheet(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (width, height), PAPER)
    return image, ImageDraw.Draw(image)


def save(image: Image.Image, name: str) -> None:
    small = image.quantize(32, dither=Image.Dither.NONE)
    small.save(OUT / f"{name}.png", optimize=True)


def both(draw: ImageDraw.ImageDraw, at: tuple[int, int], zh: str, en: str, size: int = 22) -> None:
    draw.text(at, zh, INK, font(size))
    draw.text((at[0], at[1] + size + 10), en, SOFT, font(size - 5))


def chart() -> None:
    image, draw = sheet(560, 440)
    both(
        draw,
        (24, 24),
        "在线首次回复用时（秒），某周三",
        "First reply online (seconds), a Wednesday",
    )
    left, top, bottom, right = 64, 110, 380, 544
    for seconds in range(0, 21, 5):
        y = bottom - seconds * (bottom - top) // 20
        draw.line((left, y, right, y), LINE, 1)
        draw.text((left - 14, y), str(seconds), SOFT, font(18), anchor="rm")
    step = (right - left) // len(BY_HOUR)
    for n, (hour, seconds) in enumerate(BY_HOUR):
        x = left + n * step + step // 4
        draw.rectangle((x, bottom - seconds * (bottom - top) // 20, x + step // 2, bottom), BLUE)
        draw.text((x + step // 4, bottom + 24), f"{hour}:00", INK, font(20), anchor="mm")
    save(image, "first-reply-by-hour")


def chat() -> None:
    image, draw = sheet(620, 90 * len(CHAT) + 40)
    for n, (is_ours, zh, en) in enumerate(CHAT):
        y = 24 + 90 * n
        width = 40 + max(int(font(20).getlength(zh)), int(font(16).getlength(en)))
        x = 574 - width if is_ours else 46
        draw.rounded_rectangle((x, y, x + width, y + 76), 14, PALE if is_ours else "#f1f3f6")
        draw.text((x + 20, y + 10), zh, INK, font(20))
        draw.text((x + 20, y + 44), en, SOFT, font(16))
        draw.text((597 if is_ours else 23, y + 38), str(n + 1), AMBER, font(22), anchor="mm")
    save(image, "chat-for-a-sister")


def track() -> None:
    image, draw = sheet(600, 390)
    both(draw, (24, 20), "物流查询", "Parcel tracking")
    draw.line((180, 120, 180, 120 + 72 * (len(TRACK) - 1)), LINE, 4)
    for n, (at, zh, en) in enumerate(TRACK):
        y = 120 + 72 * n
        colour = AMBER if n == len(TRACK) - 1 else BLUE
        draw.ellipse((172, y - 8, 188, y + 8), colour)
        draw.text((156, y), at, INK, font(20), anchor="rm")
        draw.text((206, y - 13), zh, INK, font(21), anchor="lm")
        draw.text((206, y + 15), en, SOFT, font(17), anchor="lm")
    save(image, "parcel-track")


def tickets() -> None:
    for name, zh, en in TICKETS:
        image, draw = sheet(400, 126)
        draw.rectangle((0, 12, 8, 114), BLUE)
        both(draw, (28, 12), zh, en, 25)
        save(image, name)


if __name__ == "__main__":
    for draw_one in (chart, chat, track, tickets):
        draw_one()
