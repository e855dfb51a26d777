from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import msgspec
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from server.pages import forms
from server.pages.errors import RefusalError
from server.pages.forms import CallForm, Form, JoinForm, PartnerForm, SetupForm, clean_name, read
from tests.pages.site import OURS, Open, Site

JSON = {**OURS, "Content-Type": "application/json"}


@pytest.fixture
async def site(open_pages: Open) -> Site:
    async def take(request: web.Request) -> web.Response:
        form = await read(request, JoinForm)
        return web.json_response({"id": form.id, "secret": form.secret})

    return await open_pages(routes=[web.post("/api/take", take)])


async def taken(site: Site, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str]]:
    async with site.client.post("/api/take", data=body, headers=headers or JSON) as response:
        return response.status, await response.json()


async def test_a_form_is_read(site: Site) -> None:
    assert await taken(site, b'{"id": "a", "secret": "b"}') == (200, {"id": "a", "secret": "b"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'{"id": "a"}',
        b'{"id": "a", "secret": "b", "more": 1}',
        b'{"id": 1, "secret": "b"}',
        b'{"id": "", "secret": "b"}',
        b'{"id": "a", "secret": "' + b"b" * 200 + b'"}',
        b'{"id": "a", "secret": "\xff"}',
        b"[" * 20_000,
    ],
)
async def test_what_is_no_form_is_refused(site: Site, body: bytes) -> None:
    assert await taken(site, body) == (400, {"code": "bad-request"})


async def test_only_json_is_read(site: Site) -> None:
    headers = {**JSON, "Content-Type": "text/plain"}

    assert await taken(site, b'{"id": "a", "secret": "b"}', headers) == (400, {"code": "bad-request"})


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_that_is_too_large_is_refused(site: Site, chunked: bool) -> None:
    body = json.dumps({"id": "a", "secret": "b" * forms.MAX_BODY}).encode()

    async def pieces() -> AsyncIterator[bytes]:
        yield body

    async with site.client.post("/api/take", data=pieces() if chunked else body, headers=JSON) as response:
        assert (response.status, await response.json()) == (413, {"code": "too-large"})


async def test_a_body_that_does_not_come_is_not_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "BODY_TIME", 0.05)
    never = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        yield b"{"
        await never.wait()

    async with site.client.post("/api/take", data=pieces(), headers=JSON) as response:
        assert (response.status, await response.json()) == (408, {"code": "slow"})


def test_fields_are_written_with_hyphens() -> None:
    maya, jonas = {"name": "Maya", "language": "en"}, {"name": "Jonas", "language": "de"}
    form = msgspec.convert({"partner-a": maya, "partner-b": jonas}, CallForm)

    assert form == CallForm(
        partner_a=PartnerForm(name="Maya", language="en"), partner_b=PartnerForm(name="Jonas", language="de")
    )


@pytest.mark.parametrize("form", [JoinForm, SetupForm, PartnerForm, CallForm])
def test_forms_cannot_be_changed(form: type[Form]) -> None:
    assert form.__struct_config__.frozen
    assert form.__struct_config__.forbid_unknown_fields


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Maya", "Maya"),
        ("  Dr.\t Anna \n Lind ", "Dr. Anna Lind"),
        ("Ma\u202eya\u2066\u0000", "Maya"),
        ("<b>&", "<b>&"),
        ("Jose\u0301", "José"),
        ("می\u200cنا", "می\u200cنا"),
        ("\u200dMaya\u200d", "Maya"),
        ("M" * 50, "M" * 40),
        ("a" + "\u0300" * 10_000, "à" + "\u0300" * 4),
        ("\u0301Maya", "Maya"),
    ],
)
def test_a_name_is_one_line_that_shows_what_it_is(text: str, name: str) -> None:
    assert clean_name(text) == name


@pytest.mark.parametrize("text", ["", " ", "\u202e", "\n\t", "\u0301\u200d", "\ud800"])
def test_a_name_that_shows_nothing_is_refused(text: str) -> None:
    with pytest.raises(RefusalError, match="bad-request"):
        clean_name(text)


@given(st.text(max_size=400))
def test_a_clean_name_is_short_printable_and_stays_as_it_is(text: str) -> None:
    try:
        name = clean_name(text)
    except RefusalError:
        return
    assert 0 < len(name) <= 40 * 6
    assert all(sign.isprintable() or sign in "\u200c\u200d" for sign in name)
    assert clean_name(name) == name
