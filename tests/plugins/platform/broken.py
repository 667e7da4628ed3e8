"""Plugins that are broken, each in one way, as packages of a name and its files."""

from dataclasses import dataclass

_HOOK = "from lms.plugins.api import *\n"
_MODELS = (
    "from sqlalchemy.orm import DeclarativeBase, relationship\n"
    "from lms.plugins.api import Mapped, Pk, mapped_column, new_registry\n"
    "class Base(DeclarativeBase):\n    registry = new_registry()\n"
)


@dataclass(frozen=True)
class Broken:
    """`hook` and `said` must stand on the admin's page after the visits to the core's pages."""

    files: dict[str, str]
    hook: str
    said: str
    is_loaded: bool = True


def _hook(signature: str, body: str, imports: str = "") -> dict[str, str]:
    text = f"{_HOOK}{imports}@hookimpl\ndef {signature}:\n"
    return {"__init__.py": text + "".join(f"    {line}\n" for line in body.splitlines())}


_BLUEPRINT = "from flask import Blueprint\nbp = Blueprint('broken', __name__)\n"
BROKEN = {
    "import": Broken(
        {"__init__.py": "raise RuntimeError('fell over at import')"},
        "import", "RuntimeError: fell over at import", False,
    ),
    "exit": Broken({"__init__.py": "raise SystemExit(3)"}, "import", "SystemExit: 3", False),
    "models": Broken(
        {"models.py": _MODELS + "class T(Base):\n    __tablename__ = 'plugin_broken_t'\n"
         "    id: Mapped[Pk]\n    other: Mapped['Nowhere'] = relationship()\n"},
        "models", "Nowhere", False,
    ),
    "table": Broken(
        {"models.py": _MODELS + "class T(Base):\n    __tablename__ = 'person'\n"
         "    id: Mapped[Pk]\n"},
        "models", "person", False,
    ),
    "permission": Broken(
        _hook("lms_permissions()", "return [Permission('people.manage', Localized('x', 'x'), {})]"),
        "lms_permissions", "people.manage", False,
    ),
    "step type": Broken(
        _hook("lms_step_types()", "return [Lesson()]",
              "class Lesson:\n    kind, icon = 'lesson', 'x'\n"
              "    label = Localized('a', 'b')\n"
              "    def check_config(self, config): pass\n"
              "    def render(self, session, context): return ''\n"
              "    def submit(self, session, context, form): pass\n"),
        "lms_step_types", "step type 'lesson' is taken", False,
    ),
    "address": Broken(
        _hook("lms_blueprints()", "return [bp]",
              _BLUEPRINT + "@bp.get('/policies')\ndef mine(): return 'stolen'\n"),
        "lms_blueprints", "/policies is the address of rules.policies already", False,
    ),
    "blueprint": Broken(
        _hook("lms_blueprints()", "return [bp]",
              _BLUEPRINT + "bp.record(lambda state: 1 / 0)\n"),
        "lms_blueprints", "ZeroDivisionError", False,
    ),
    "reach": Broken(
        _hook("lms_blueprints()", "return [bp]",
              _BLUEPRINT + "@bp.before_app_request\ndef everywhere(): return 'taken over'\n"),
        "lms_blueprints", "before_app_request", False,
    ),
    "collect": Broken(
        _hook("lms_nav(viewer)", "raise RuntimeError('nav fell over')"),
        "lms_nav", "RuntimeError: nav fell over",
    ),
    "link": Broken(
        _hook("lms_nav(viewer)", "return [NavItem('x', 'no.where', 'x', 'learn')]"),
        "lms_nav", "no.where",
    ),
    "wrong type": Broken(
        _hook("lms_nav(viewer)", "return 'a text'"), "lms_nav", "str where a list is due"
    ),
    "slow": Broken(
        _hook("lms_nav(viewer)", "time.sleep(0.3)", "import time\n"), "lms_nav", "0.3"
    ),
    "changes": Broken(
        _hook("lms_nav(viewer)", "db.session.add(Person())"), "lms_nav", "LeftBehind"
    ),
    "transaction": Broken(
        _hook("lms_nav(viewer)",
              "try:\n    db.session.execute(text('SELECT * FROM nowhere'))\n"
              "except Exception:\n    db.session.add(Person(hired_on=0))\n    db.session.flush()",
              "from sqlalchemy import text\n"),
        "lms_nav", "StatementError",
    ),
    "commit": Broken(
        _hook("lms_nav(viewer)", "db.session.commit()"), "lms_nav", "must not commit"
    ),
    "decide": Broken(
        _hook("lms_criteria(person_ids, target, year, now)", "raise RuntimeError('no verdict')"),
        "lms_criteria", "RuntimeError: no verdict",
    ),
    "notify": Broken(
        _hook("lms_event(event)", "raise RuntimeError('not heard')"),
        "lms_event", "RuntimeError: not heard",
    ),
}  # fmt: skip

HEALTHY = _hook("lms_nav(viewer)", "return [NavItem('Healthy', 'web.home', 'home', 'learn')]")
MIGRATION = {
    **_hook("lms_nav(viewer)", "return []"),
    "models.py": _MODELS
    + "class T(Base):\n    __tablename__ = 'plugin_broken_t'\n    id: Mapped[Pk]\n",
    "migrations/0001_first.py": "import sqlalchemy as sa\nfrom alembic import op\n"
    "revision, down_revision, branch_labels, depends_on = '0001', None, None, None\n"
    "def upgrade():\n"
    "    op.create_table('plugin_broken_t', sa.Column('id', sa.Integer(), primary_key=True))\n"
    "    op.execute('NO SUCH STATEMENT')\n"
    "def downgrade():\n    pass\n",
}
