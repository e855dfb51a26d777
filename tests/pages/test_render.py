from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
from aiohttp import web

from server.config import resource
from server.pages import render
from server.pages.contexts import ErrorPage
from server.pages.words import Words
from tests.pages.site import TEMPLATES, Open, Site


async def test_a_page_is_in_the_language_that_the_browser_asks_for(site: Site) -> None:
    async with site.client.get("/nowhere", headers={"Accept-Language": "de-AT"}) as response:
        assert response.headers["Content-Language"] == "de"
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "<html lang=de>not-found: Unter dieser Adresse" in await response.text()


async def test_words_cannot_end_the_script_that_holds_them(open_pages: Open) -> None:
    site = await open_pages(words=Words({"en": {"</script>": "</script><b>"}}))

    async with site.client.get("/j") as response:
        assert (await response.text()).count("</script>") == 1


async def test_what_people_write_stays_text(open_pages: Open) -> None:
    async def show(request: web.Request) -> web.Response:
        return render.render(request, ErrorPage(400, "<i>", "<script>", "&"))

    site = await open_pages(routes=[web.get("/show", show)])

    async with site.client.get("/show") as response:
        assert "&lt;i&gt;: &lt;script&gt; &amp;" in await response.text()


async def test_a_broken_template_is_known_at_the_start(tmp_path: Path) -> None:
    for name, text in TEMPLATES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "home.html").write_text("{% if %}")

    with pytest.raises(jinja2.TemplateSyntaxError):
        render.setup(web.Application(), tmp_path, Words({"en": {}}))


def test_the_real_templates_can_be_read() -> None:
    render.setup(web.Application(), resource("web/templates"), Words({"en": {}}))
