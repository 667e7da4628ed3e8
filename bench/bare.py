"""The yardstick: a bare Flask page with one query, and a bare one-row insert, on the same settings.

`synchronous=FULL` and WAL as in the LMS, so that both pay for the same disk.
"""

import os
import sqlite3

from flask import Flask, render_template, render_template_string
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateTable


class Model(DeclarativeBase):
    pass


class Item(Model):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


@event.listens_for(Engine, "connect")
def _settings(connection, _record) -> None:  # type: ignore[no-untyped-def]
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA busy_timeout=15000")


db = SQLAlchemy(model_class=Model)
app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["BARE_DATABASE_URL"]
db.init_app(app)
with app.app_context(), db.engine.begin() as connection:
    # Two workers begin at once, and `create_all` looks before it makes.
    connection.execute(CreateTable(Item.__table__, if_not_exists=True))  # type: ignore[arg-type]

PAGE = """<!doctype html><title>bare</title>
<ul>{% for i in items %}<li>{{ i.text }}</li>{% endfor %}</ul>"""


COMPILED = app.jinja_env.from_string(PAGE)


@app.get("/")
def page() -> str:
    items = db.session.scalars(select(Item).order_by(Item.id).limit(10)).all()
    return render_template_string(PAGE, items=items)


@app.get("/kept")
def kept_page() -> str:
    items = db.session.scalars(select(Item).order_by(Item.id).limit(10)).all()
    return render_template(COMPILED, items=items)


@app.post("/insert")
def insert() -> str:
    db.session.add(Item(text="x"))
    db.session.commit()
    return "ok"
