"""Pages from templates: the one place where a template meets its context."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import Any, Final

import aiohttp_jinja2
import jinja2
from aiohttp import web

from server.pages.contexts import (
    AnyPage,
    CallPage,
    Common,
    ErrorPage,
    FrontPage,
    HomePage,
    ScriptPage,
    ScriptsPage,
    SetupPage,
)
from server.pages.headers import nonce
from server.pages.words import Words, direction
from server.protocol.messages import VERSION

WORDS: Final = web.AppKey("words", Words)

PAGES: Final = (FrontPage, CallPage, SetupPage, HomePage, ScriptsPage, ScriptPage, ErrorPage)


def setup(app: web.Application, templates: Path, words: Words) -> None:
    """Read every template now, so that a broken one is known at the start and not by a person.

    Raises jinja2.TemplateError.
    """
    app[WORDS] = words
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(templates),
        extensions=["jinja2.ext.i18n"],
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        default_helpers=False,
    )
    del environment.globals["app"]
    for page in PAGES:
        environment.get_template(page.template)


def render(request: web.Request, page: AnyPage, *, status: int = 200, language: str | None = None) -> web.Response:
    """The response that shows `page`, in `language` or in the one that the browser asks for."""
    words = request.app[WORDS]
    language = language or language_of(request)
    common = Common(
        language=language,
        direction=direction(language),
        languages=words.languages,
        nonce=nonce(request),
        version=VERSION,
        gettext=partial(words.say, language),
    )
    response = aiohttp_jinja2.render_template(page.template, request, _fields(common) | _fields(page), status=status)
    response.headers["Content-Language"] = language
    return response


def language_of(request: web.Request) -> str:
    """The language of ours that the browser asks for."""
    return request.app[WORDS].choose(request.headers.get("Accept-Language"))


def say(request: web.Request, language: str, sentence: str) -> str:
    """`sentence` in `language`."""
    return request.app[WORDS].say(language, sentence)


def _fields(context: Common | AnyPage) -> dict[str, Any]:
    return {field.name: getattr(context, field.name) for field in dataclasses.fields(context)}
