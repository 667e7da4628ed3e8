"""The README's pictures, taken from the demo in a real Chromium: `make screenshots [names …]`."""

import shutil
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from waitress.server import create_server

from lms.app import create_app
from lms.cli.site import make_demo
from lms.config import Settings

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
DESKTOP, PHONE = (1280, 860), (390, 844)


@dataclass(frozen=True)
class Shot:
    name: str
    staff_no: str
    path: str
    size: tuple[int, int] = DESKTOP
    locale: str = "en"


SHOTS = (
    Shot("today", "DEMO01", "/"),
    Shot("today-phone", "DEMO01", "/", PHONE, "zh_Hans"),
    Shot("library", "DEMO04", "/cases?q=延误"),
    Shot("progress", "DEMO04", "/progress"),
    Shot("programme", "DEMO04", "/programmes/drafts/1"),
    Shot("months", "DEMO08", "/results/months"),
    Shot("promotion", "DEMO08", "/promotion"),
    Shot("my-month", "DEMO02", "/results", PHONE, "zh_Hans"),
    Shot("plugins", "DEMO09", "/admin/plugins"),
)


def take(browser: Browser, url: str, shot: Shot, folder: Path) -> None:
    context = browser.new_context(
        viewport={"width": shot.size[0], "height": shot.size[1]}, base_url=url
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.fill("[name=staff_no]", shot.staff_no)
    page.fill("[name=password]", "service-academy")
    page.locator("form:has([name=password]:visible) button[type=submit]").first.click()
    page.wait_for_url(lambda there: "/sign-in" not in there)
    token = page.locator("form[action$='/language'] [name=csrf_token]").first.get_attribute("value")
    form = {"csrf_token": token or "", "locale": shot.locale, "next": "/"}
    page.request.post("/language", form=form)
    page.goto(shot.path)
    page.wait_for_timeout(600)  # charts draw themselves
    page.screenshot(path=folder / f"{shot.name}.png")
    context.close()


def main(wanted: list[str], folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if not wanted or shot.name in wanted]
    with tempfile.TemporaryDirectory() as home:
        app = create_app(Settings(home=Path(home), database_url=f"sqlite:///{home}/lms.sqlite3"))
        with app.app_context():
            make_demo()
        server = create_server(app, host="127.0.0.1", port=0)
        threading.Thread(target=server.run, daemon=True).start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            for shot in shots:
                take(browser, f"http://127.0.0.1:{server.effective_port}", shot, folder)
        server.close()


if __name__ == "__main__":
    main(sys.argv[1:])
