"""The templates ask for nothing that their page is not given."""

from __future__ import annotations

from dataclasses import fields

import pytest
from jinja2 import Environment, FileSystemLoader, meta

from server.config import resource
from server.pages.contexts import AnyPage, Common
from server.pages.render import PAGES

ENVIRONMENT = Environment(  # the text is parsed and never rendered
    loader=FileSystemLoader(resource("web/templates")), extensions=["jinja2.ext.i18n"], autoescape=True
)


def asked(template: str) -> set[str]:
    """The variables of a template and of all that it extends or includes."""
    assert ENVIRONMENT.loader is not None
    tree = ENVIRONMENT.parse(ENVIRONMENT.loader.get_source(ENVIRONMENT, template)[0])
    others = {name for name in meta.find_referenced_templates(tree) if name is not None}
    return meta.find_undeclared_variables(tree).union(*(asked(other) for other in others))


@pytest.mark.parametrize("page", PAGES)
def test_a_template_asks_for_what_its_page_is_given(page: type[AnyPage]) -> None:
    given = {field.name for field in (*fields(Common), *fields(page))} | {"_"}

    assert asked(page.template) <= given


def test_no_template_is_without_a_page() -> None:
    whole = {path.name for path in resource("web/templates").glob("*.html") if "extends" in path.read_text("utf-8")}

    assert whole == {page.template for page in PAGES}
