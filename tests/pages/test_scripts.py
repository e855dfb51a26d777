"""The pages of the dialogues, as a browser asks for them."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest

from server.domain.catalogue import edition_of
from server.domain.reading import parse
from server.pages.forms import MAX_SCRIPT, MAX_SCRIPT_BODY
from tests.pages.site import OURS, Site


async def begin(site: Site, source: str | None = None) -> str:
    status, body = await site.post("/api/scripts", {"source": source})
    assert status == 201
    return str(body["id"])


async def editor(site: Site, script: str) -> dict[str, Any]:
    """What the page of the editor holds."""
    async with site.client.get(f"/scripts/{script}") as response:
        assert response.status == 200
        found = re.search(r"<script nonce=\S+>(.*)</script>", await response.text())
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


async def test_a_copy_is_one_s_own_under_one_s_name_and_can_be_reworded(site: Site) -> None:
    await site.therapist("Dr. {Lind}")
    script = await begin(site, "three-step")
    opened = await editor(site, script)
    text = opened["text"].replace("When…, I feel…", "What moves me is…")
    assert text != opened["text"]

    status, body = await site.post(f"/api/scripts/{script}", {"text": text, "base": opened["edition"]})

    assert (status, body["ok"], body["edition"]) == (200, True, edition_of(text))
    stored = site.own.rows[script]
    assert stored.text == text
    assert stored.name == "Three-step dialogue (Dr. Lind)"
    assert site.editions.rows[edition_of(text)] == text
    assert site.changed == [stored.therapist_id] * 2
    async with site.client.get("/scripts") as response:
        assert "[Three-step dialogue (Dr. Lind): None] 13" in await response.text()


async def test_ones_own_begins_with_a_small_sound_example(site: Site) -> None:
    await site.therapist(language="de")
    script = await begin(site)

    assert script.startswith("own-")
    assert parse(site.own.rows[script].text, script).id == script
    assert site.own.rows[script].name == "Mein eigener Dialog"
    assert await begin(site, script) != script


async def test_a_check_says_how_it_looks_or_what_is_wrong_and_stores_nothing(site: Site) -> None:
    await site.therapist()
    script = await begin(site)
    opened = await editor(site, script)
    before = dict(site.own.rows)

    _, body = await site.post("/api/scripts/check", {"text": opened["text"], "language": "de"})
    data: Any = body["script"]
    shown: Any = body["preview"]
    assert [step["step"] for step in shown] == ["tell", "mirror", "close"]
    assert shown[0]["sender"]["indicator"]["stem"] == "Mich beschäftigt …"
    assert shown[1]["ways"][0] == {"words": "Maya ist verstanden", "to": "Danken", "by": "sender"}

    data["step"][0]["do"]["sender"]["en"] = "Tell {nobody}."
    _, fault = await site.post("/api/scripts/check", {"script": data})
    assert fault["ok"] is False
    assert fault["place"] == "step 0 do sender en"
    assert fault["why"] == "an unknown name stands in braces: nobody"
    assert (fault["sentence"], fault["values"]) == ("an unknown name stands in braces: {names}", {"names": "nobody"})
    text, line = str(fault["text"]), fault["line"]
    assert isinstance(line, int)
    assert text.splitlines()[line - 1] == 'en = "Tell {nobody}."'
    assert fault["where"] == f"dialogue, line {line}"
    assert site.own.rows == before


async def test_what_is_not_sound_is_not_stored(site: Site) -> None:
    await site.therapist()
    script = await begin(site)
    opened = await editor(site, script)

    for text, why in (
        (opened["text"].replace('to = "mirror"', 'to = "nowhere"'), "edge 'tell/told' leads nowhere: 'nowhere'"),
        (opened["text"].replace(f'id = "{script}"', 'id = "three-step"'), f"the id must stay '{script}'"),
    ):
        status, body = await site.post(f"/api/scripts/{script}", {"text": text, "base": opened["edition"]})
        assert (status, body["ok"], body["why"]) == (200, False, why)
        assert isinstance(body["line"], int)
    assert site.own.rows[script].text == opened["text"]


async def test_two_windows_do_not_overwrite_one_another(site: Site) -> None:
    await site.therapist()
    script = await begin(site)
    opened = await editor(site, script)
    for words, expected in (("One…", 200), ("Two…", 409)):
        text = opened["text"].replace("What is on my mind is…", words)
        status, _ = await site.post(f"/api/scripts/{script}", {"text": text, "base": opened["edition"]})
        assert status == expected
    status, body = await site.post(
        f"/api/scripts/{script}", {"text": site.own.rows[script].text, "base": opened["edition"]}
    )
    assert (status, body["ok"]) == (200, True)  # what was stored already is stored again, as after a lost connection


async def test_nobody_sees_changes_or_deletes_what_is_anothers(site: Site) -> None:
    await site.therapist("Dr. Lind")
    script = await begin(site)
    text = site.own.rows[script].text
    await site.therapist("Dr. Berg")

    async with site.client.get(f"/scripts/{script}") as response:
        assert response.status == 404
    for path, body in (
        (f"/api/scripts/{script}", {"text": text, "base": edition_of(text)}),
        (f"/api/scripts/{script}/delete", {}),
        ("/api/scripts", {"source": script}),
        ("/api/scripts", {"source": "unknown"}),
    ):
        assert await site.post(path, body) == (404, {"code": "not-found"})
    assert site.own.rows[script].text == text


async def test_one_is_deleted_and_its_edition_stays(site: Site) -> None:
    await site.therapist()
    script = await begin(site)
    edition = edition_of(site.own.rows[script].text)

    assert await site.post(f"/api/scripts/{script}/delete", {}) == (200, {"path": "/scripts"})
    assert site.own.rows == {}
    assert edition in site.editions.rows
    assert len(site.changed) == 2


async def test_sizes_are_bounded(site: Site) -> None:
    await site.therapist()
    for body, status in (
        ({"text": "#" * MAX_SCRIPT}, 200),
        ({"text": "ß" * (MAX_SCRIPT // 2 + 1)}, 413),
        ({"text": "#" * (MAX_SCRIPT + 1)}, 400),
        ({}, 400),
        ({"text": "", "more": 1}, 400),
        ({"script": {"a": [[["b"]]]}}, 200),
    ):
        found, _ = await site.post("/api/scripts/check", body)
        assert found == status, str(body)[:40]
    long = io.BytesIO(json.dumps({"text": "#" * MAX_SCRIPT_BODY}).encode())
    async with site.client.post(
        "/api/scripts/check", data=long, headers={**OURS, "Content-Type": "application/json"}
    ) as response:
        assert response.status == 413


async def test_a_deep_form_is_refused_and_breaks_nothing(site: Site) -> None:
    await site.therapist()
    deep = '{"script": ' + '{"a":' * 900 + "1" + "}" * 901
    headers = {**OURS, "Content-Type": "application/json"}
    async with site.client.post("/api/scripts/check", data=deep, headers=headers) as response:
        assert response.status in (200, 400)


@pytest.mark.parametrize("path", ["/api/scripts", "/api/scripts/check", "/api/scripts/own-1"])
async def test_a_stranger_changes_nothing(site: Site, path: str) -> None:
    assert await site.post(path, {}) == (401, {"code": "unauthorized"})
