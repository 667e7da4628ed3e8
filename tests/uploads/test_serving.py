"""Who gets a file, and in what clothes it comes."""

import pytest

from tests.conftest import Auth, People
from tests.uploads import samples
from tests.uploads.conftest import Box


def test_the_owner_and_those_who_sign_for_them(box: Box, persons: People, auth: Auth) -> None:
    owner = persons.add(team="一组")
    url = f"/uploads/{box.put(samples.PDF, '证明.pdf', owner).id}"
    may = [owner, persons.add("trainer"), persons.add("supervisor", team="一组")]
    may_not = [
        persons.add(team="一组"), persons.add("supervisor", team="二组"), persons.add("hr"),
        persons.add("quality"), persons.add("admin"),
    ]  # fmt: skip
    for person in may:
        answer = auth.login(person).get(url, buffered=True)
        assert (answer.status_code, answer.data) == (200, samples.PDF)
    for person in may_not:
        assert auth.login(person).get(url).status_code == 403
    content = box.put(samples.png(), "lesson.png")
    for missing in (content.id, 9999):
        assert auth.login(owner).get(f"/uploads/{missing}").status_code == 404


@pytest.mark.parametrize("code", samples.ALL)
def test_a_browser_shows_it_and_never_runs_it(
    box: Box, persons: People, auth: Auth, code: str
) -> None:
    owner = persons.add()
    upload = box.put(samples.ALL[code], "", owner)
    answer = auth.login(owner).get(f"/uploads/{upload.id}", buffered=True)
    headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == "inline; filename=file"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Cache-Control"] == "private, no-cache"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script" not in policy
    assert ("sandbox" in policy) == (code != "pdf")
    assert answer.mimetype.split("/")[0] in {"image", "audio", "video", "application"}
    assert "html" not in answer.mimetype and "svg" not in answer.mimetype


def test_players_ask_for_parts(box: Box, persons: People, auth: Auth) -> None:
    owner = persons.add()
    content = samples.MP4 + bytes(range(256)) * 40
    url = f"/uploads/{box.put(content, 'film.mp4', owner).id}"
    client = auth.login(owner)
    whole = client.get(url, buffered=True)
    assert (whole.headers["Accept-Ranges"], whole.mimetype) == ("bytes", "video/mp4")
    part = client.get(url, headers={"Range": "bytes=100-199"}, buffered=True)
    assert (part.status_code, part.data) == (206, content[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(content)}"
    last = client.get(url, headers={"Range": "bytes=-5"}, buffered=True)
    assert last.data == content[-5:]
    assert client.get(url, headers={"Range": "bytes=999999-"}).status_code == 416
    same = client.get(url, headers={"If-None-Match": whole.headers["ETag"]}, buffered=True)
    assert same.status_code == 304


def test_a_name_cannot_break_out_of_its_header(box: Box, persons: People, auth: Auth) -> None:
    owner = persons.add()
    upload = box.put(samples.PDF, 'a"; x="<script>.pdf', owner)
    answer = auth.login(owner).get(f"/uploads/{upload.id}", buffered=True)
    assert answer.headers["Content-Disposition"] == ('inline; filename="a\\"; x=\\"<script>.pdf"')
