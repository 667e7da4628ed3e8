"""The yardstick of a month's close: bare SQL that reads the same and stores the same.

One insert-select freezes the month's figures with target, attainment and whether it meets; one
query with window functions over the last three months, inserted, gives everybody's score and
components, half up, both ranks, and who was in the top fifth three times in a row. The same rows
with the same keys, indexes and references as the close writes, in tables of the same columns. Not
in it is what a close asks besides: leave, clearance, level and team of that day, exclusions, exact
halves, the rules.
"""

from sqlalchemy import text

from bench.month_people import LAST
from lms.db import db

_KEYS = (
    "close_id INTEGER NOT NULL REFERENCES month_close (id),"
    " person_id INTEGER NOT NULL REFERENCES person (id)"
)
TABLES = (
    f"CREATE TABLE bare_figure ({_KEYS}, metric VARCHAR(64) NOT NULL, value FLOAT NOT NULL,"
    " target FLOAT, attainment BIGINT, is_met BOOLEAN,"
    " import_id INTEGER REFERENCES import_run (id), source_row INTEGER,"
    " PRIMARY KEY (close_id, person_id, metric))",
    f"CREATE TABLE bare_result ({_KEYS}, team_id INTEGER REFERENCES team (id), level VARCHAR,"
    " channel VARCHAR, leave_days INTEGER NOT NULL, has_row BOOLEAN NOT NULL, score INTEGER,"
    " service INTEGER, feedback INTEGER, training INTEGER, is_partial BOOLEAN NOT NULL,"
    " kpi_met BOOLEAN NOT NULL, not_ranked VARCHAR, rank INTEGER, csat_rank INTEGER,"
    " streak INTEGER, PRIMARY KEY (close_id, person_id))",
    "CREATE INDEX ix_bare_person ON bare_result (person_id, close_id)",
    "CREATE INDEX ix_bare_ranking ON bare_result (close_id, rank, person_id, team_id)"
    " WHERE rank IS NOT NULL",
    "CREATE TABLE bare_lean (person_id INTEGER, month INTEGER, score INTEGER, place INTEGER,"
    " star_place INTEGER, streak INTEGER)",
)


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _whole(number: str) -> str:
    return f"CAST({number} AS INTEGER)" if _is_sqlite() else f"floor({number})"


def _attained(value: str) -> dict[str, str]:
    least = "min" if _is_sqlite() else "least"
    return {
        "frt": f"{least}(1.0, 30.0 / {value})", "fcr": f"{least}(1.0, {value} / 0.9)",
        "csat": f"{least}(1.0, {value} / 4.5)", "feedback": f"{value} / 100.0",
        "exam": f"{value} / 100.0", "case_analysis": f"{value} / 100.0",
    }  # fmt: skip


def freeze() -> str:
    attained = " ".join(f"WHEN '{code}' THEN {got}" for code, got in _attained("value").items())
    target = "CASE metric WHEN 'frt' THEN 30.0 WHEN 'fcr' THEN 0.9 WHEN 'csat' THEN 4.5 END"
    met = (
        "CASE metric WHEN 'frt' THEN value <= 30.0 WHEN 'fcr' THEN value >= 0.9"
        " WHEN 'csat' THEN value >= 4.5 END"
    )
    attainment = _whole(f"CASE metric {attained} END * 1e12 + 0.5")
    return (
        f"INSERT INTO bare_figure SELECT :close, person_id, metric, value, {target}, {attainment},"
        f" {met}, import_id, source_row FROM kpi_value WHERE month = :last"
    )


def placed() -> str:
    parts = ", ".join(
        f"max(CASE WHEN metric = '{code}' THEN {got} END) AS {code}"
        for code, got in _attained("value").items()
    )
    parts += ", max(CASE WHEN metric = 'csat' THEN value END) AS stars"
    service, training = "(frt + fcr + csat) / 3", "(exam + case_analysis) / 2"
    score = f"60 * {service} + 20 * feedback + 20 * {training}"

    def half_up(number: str) -> str:
        return _whole(f"{number} + 0.5 + 1e-7")

    return f"""
        WITH attained AS (SELECT month, person_id, {parts} FROM kpi_value
            WHERE month BETWEEN :first AND :last GROUP BY month, person_id),
        scored AS (SELECT month, person_id, stars, {half_up(f"100 * ({score})")} AS score,
            {half_up(f"10000 * {service}")} AS service, {half_up("10000 * feedback")} AS feedback,
            {half_up(f"10000 * {training}")} AS training,
            frt = 1.0 AND fcr = 1.0 AND csat = 1.0 AS kpi_met FROM attained),
        placed AS (SELECT *, rank() OVER (PARTITION BY month ORDER BY score DESC) AS place,
            rank() OVER (PARTITION BY month ORDER BY stars DESC) AS star_place,
            count(*) OVER (PARTITION BY month) AS n FROM scored)
        SELECT *, min(CASE WHEN star_place <= n / 5 THEN 1 ELSE 0 END) OVER (
                PARTITION BY person_id ORDER BY month ROWS BETWEEN 2 PRECEDING AND CURRENT ROW
            ) AS streak FROM placed"""


def results() -> str:
    no, yes = ("0", "1") if _is_sqlite() else ("false", "true")
    return f"""
        INSERT INTO bare_result SELECT :close, f.person_id, p.team_id, p.level, p.channel, 0, {yes},
            score, service, feedback, training, {no}, kpi_met, NULL, place, star_place, streak
        FROM ({placed()}) AS f JOIN person p ON p.id = f.person_id WHERE month = :last"""


def lean() -> str:
    names = "person_id, month, score, place, star_place, streak"
    return f"INSERT INTO bare_lean SELECT {names} FROM ({placed()}) AS f WHERE month = :last"


def prepare() -> None:
    for statement in TABLES:
        db.session.execute(text(statement))
    db.session.commit()


def run(*statements: str) -> None:
    close = db.session.scalar(text("SELECT max(id) FROM month_close"))
    values = {"first": LAST.index - 2, "last": LAST.index, "close": close}
    for statement in statements:
        named = {name: value for name, value in values.items() if f":{name}" in statement}
        db.session.execute(text(statement), named)
    db.session.commit()


def differing() -> int:
    """People on whom the close and the yardstick differ."""
    found = db.session.scalar(
        text(
            "SELECT count(*) FROM bare_result b JOIN month_result r ON r.person_id = b.person_id"
            " AND r.close_id = b.close_id WHERE r.score <> b.score OR r.rank <> b.rank"
            " OR r.csat_rank <> b.csat_rank OR r.service <> b.service"
        )
    )
    db.session.rollback()
    return int(found or 0)
