"""Templates call what they call as Jinja's own context would."""

from flask import Flask, render_template_string
from jinja2 import pass_context, pass_environment
from jinja2.runtime import Context


def test_what_asks_for_the_context_gets_it_with_a_loops_variables(app: Flask) -> None:
    @pass_context
    def seen(context: Context, name: str, times: int = 1) -> str:
        return str(context[name]) * times

    with app.test_request_context():
        page = (
            "{% block a %}{% for one in 'xy' %}{% set it = one %}"
            "{{ seen('it', times=2) }}{% endfor %}{% endblock %}"
        )
        assert render_template_string(page, seen=seen) == "xxyy"


def test_objects_that_ask_for_the_environment_when_called_get_it(app: Flask) -> None:
    class Asks:
        @pass_environment
        def __call__(self, environment: object, word: str) -> str:
            return f"{word} {environment is app.jinja_env}"

    with app.test_request_context():
        assert render_template_string("{{ asks('is') }}", asks=Asks()) == "is True"


def test_macros_take_a_caller_and_escape_what_they_are_given(app: Flask) -> None:
    page = (
        "{% macro box(title, kind='a') %}"
        "<b class={{ kind }}>{{ title }}{{ caller() }}</b>{% endmacro %}"
        "{% call box('<x>', kind='c') %}<i>{{ '<y>' }}</i>{% endcall %}"
    )
    with app.test_request_context():
        assert render_template_string(page) == "<b class=c>&lt;x&gt;<i>&lt;y&gt;</i></b>"
