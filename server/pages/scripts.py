"""The pages on which a therapist sees, rewords and writes dialogues, and what they send; `scripting` does the work."""

from __future__ import annotations

import msgspec
from aiohttp import web

from server.domain.catalogue import edition_of
from server.domain.errors import ScriptError
from server.domain.writing import write
from server.pages.account import signed_in
from server.pages.contexts import ScriptPage, ScriptsPage
from server.pages.forms import MAX_SCRIPT_BODY, CheckForm, CopyForm, Form, SaveForm, read
from server.pages.render import WORDS, render
from server.pages.resources import DESK
from server.pages.scripting import Checked


async def scripts(request: web.Request) -> web.Response:
    """``GET /scripts``: my own dialogues and the shipped ones."""
    therapist, desk = await signed_in(request), request.app[DESK]
    page = ScriptsPage(
        words=request.app[WORDS].only(therapist.language),
        own=await desk.own(therapist),
        shipped=desk.shipped(therapist.language),
    )
    return render(request, page, language=therapist.language)


async def script(request: web.Request) -> web.Response:
    """``GET /scripts/<id>``: the editor of one of mine."""
    therapist = await signed_in(request)
    own = await request.app[DESK].find(therapist, request.match_info["script"])
    # the preview speaks the languages of the dialogue, so this page has all catalogues
    page = ScriptPage(request.app[WORDS].catalogues, own.id, own.name, own.text, edition_of(own.text))
    return render(request, page, language=therapist.language)


async def copy(request: web.Request) -> web.Response:
    """``POST /api/scripts``: a new one of mine."""
    therapist = await signed_in(request)
    form = await read(request, CopyForm)
    own = await request.app[DESK].copy(therapist, form.source)
    return web.json_response({"id": own.id, "path": f"/scripts/{own.id}"}, status=201)


async def check(request: web.Request) -> web.Response:
    """``POST /api/scripts/check``: whether this is sound, and how it looks; nothing is stored."""
    await signed_in(request)
    return await _checked(request, CheckForm)


async def save(request: web.Request) -> web.Response:
    """``POST /api/scripts/<id>``: store one of mine, if it is sound."""
    return await _checked(request, SaveForm)


async def delete(request: web.Request) -> web.Response:
    """``POST /api/scripts/<id>/delete``: offer one of mine no more."""
    therapist = await signed_in(request)
    await read(request, Form)
    await request.app[DESK].delete(therapist, request.match_info["script"])
    return web.json_response({"path": "/scripts"})


async def _checked(request: web.Request, kind: type[CheckForm]) -> web.Response:
    therapist, desk = await signed_in(request), request.app[DESK]
    form = await read(request, kind, limit=MAX_SCRIPT_BODY)
    try:
        if isinstance(form, SaveForm):
            checked = await desk.save(therapist, request.match_info["script"], form, form.base)
        else:
            checked = await desk.check(form)
    except ScriptError as fault:
        return web.json_response(
            {
                "ok": False,
                "text": form.text if form.script is None else write(form.script),
                "where": fault.where,
                "line": fault.line,
                "place": fault.place,
                "why": fault.why,
                "sentence": fault.sentence,
                "values": fault.values,
            }
        )
    return web.Response(body=msgspec.json.encode(_sound(checked)), content_type="application/json")


def _sound(checked: Checked) -> dict[str, object]:
    return {
        "ok": True,
        "edition": checked.edition.name,
        "text": checked.edition.text,
        "script": checked.data,
        "preview": checked.steps,
    }
