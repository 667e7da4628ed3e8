"""The figures of `bench.exam`, each beside its aim."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

from bench.__main__ import BARE, FORM, INSERT, PAGE, serving, wait_for
from bench.client import Request, free_port, measure
from bench.exam_check import Verdict
from bench.exam_people import Sitter
from bench.exam_site import Paper
from bench.rooms import share

# Open papers on which saves are measured after the exam; each connection is on its own.
WRITERS = 64
SAVE_SECONDS, SHARE_OF_BARE = 0.2, 0.4


def beside_bare(
    sat: Paper, writing: Sequence[Paper], port: int, home: Path, url: str
) -> dict[str, tuple[float, float]]:
    """Requests per second of the app and of the yardstick on the same kind of database, which is
    taken before and after."""
    page = Request("GET", f"/exams/attempts/{sat.attempt_id}/result", {"Cookie": sat.cookie})

    def save(n: int) -> Request:
        paper, turn = writing[n % len(writing)], n // len(writing)
        position = turn % paper.questions + 1
        given = {
            "csrf_token": paper.csrf, f"s{position}": str(n + 1), f"a{position}": str(turn % 2),
        }  # fmt: skip
        headers = {**FORM, "Cookie": paper.cookie, "X-Requested-With": "fetch"}
        path = f"/exams/attempts/{paper.attempt_id}/answers"
        return Request("POST", path, headers, urlencode(given).encode())

    bare_port = free_port()
    bare_url = f"sqlite:///{home}/bare.sqlite3" if url.startswith("sqlite") else url
    found = {}
    with serving(*BARE, str(bare_port), "bench.bare:app", BARE_DATABASE_URL=bare_url):
        wait_for(f"http://127.0.0.1:{bare_port}/")
        for name, make, bare in (
            ("a result page", lambda _n: page, Request("GET", PAGE, {})),
            ("saves", save, Request("POST", INSERT, FORM)),
        ):
            before = measure(bare_port, lambda _n, bare=bare: bare, seconds=2).per_second
            ours = measure(port, make).per_second
            after = measure(bare_port, lambda _n, bare=bare: bare, seconds=2).per_second
            found[name] = (ours, (before + after) / 2)
    return found


def report(
    sitters: Sequence[Sitter],
    found: Verdict,
    shares: dict[str, tuple[float, float]],
    seconds: float,
) -> bool:
    """Prints them; whether all aims are met."""
    saves = sorted(t for s in sitters for t in s.saves)
    for name, times in (
        ("a save", saves),
        ("handing in", sorted(t for s in sitters for t in s.hand_ins)),
    ):
        print(
            f"{name}: p50 {share(times, 0.5) * 1000:.0f} ms, p95 {share(times, 0.95) * 1000:.0f} "
            f"ms, p99 {share(times, 0.99) * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms"
        )
    print(
        f"{len(saves) / seconds:.0f} saves/s, {found.acknowledged} answers acknowledged, "
        f"{sum(s.failures for s in sitters)} requests failed and sent again"
    )
    p99 = share(saves, 0.99)
    lines = [
        ("p99 of a save", f"{p99 * 1000:.0f} ms", "at most 200 ms", p99 <= SAVE_SECONDS),
        ("acknowledged answers lost", f"{found.lost}", "none", not found.lost),
        ("handed in", f"{found.handed_in}", f"{len(sitters)}", found.handed_in == len(sitters)),
        ("open past their time", f"{found.open_too_long}", "none", not found.open_too_long),
        ("marked twice", f"{found.marked_twice}", "none", not found.marked_twice),
        ("wrong scores", f"{found.wrong_scores}", "none", not found.wrong_scores),
    ]
    for name, (ours, bare) in shares.items():
        said = f"{ours:.0f}/s, {ours / bare:.0%} of {bare:.0f}/s"
        lines.append((f"{name}, of bare", said, "at least 40%", ours >= SHARE_OF_BARE * bare))
    for name, said, aim, is_met in lines:
        verdict = "met" if is_met else "NOT MET"
        print(f"{name:26} {said:24} aim: {aim:16} {verdict}", flush=True)
    return all(is_met for *_, is_met in lines)
