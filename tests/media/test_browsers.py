"""The media host under real Chromium with fake devices: three pages in a room, without the rest of the product."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright

from server.domain.seats import SEATS, Medium, Route, Seat
from server.media.host import MediaEngine
from tests.media.conftest import EVERY_ROUTE, ROOM
from tests.media.elsewhere import elsewhere, needs_namespaces

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

THERAPIST, A, B = SEATS
FLAGS = (
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
Report = dict[str, Any]


async def site(engine: MediaEngine, address: str = "127.0.0.1") -> web.AppRunner:
    """Serves the page and brings its offers to the host."""
    page_text = (Path(__file__).parent / "call.html").read_text(encoding="utf-8")

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=page_text, content_type="text/html")

    async def offer(request: web.Request) -> web.Response:
        seat = Seat(request.match_info["seat"])
        return web.Response(text=await engine.connect(ROOM, seat, await request.text()))

    app = web.Application()
    app.add_routes([web.get("/", page), web.post("/offer/{seat}", offer)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, address, 0).start()
    return runner


@asynccontextmanager
async def three_pages(
    width: int,
    height: int,
    *,
    address: str = "127.0.0.1",
    program: str = "/usr/bin/chromium",
    far: str = "",
    layers: bool = False,
) -> AsyncIterator[tuple[MediaEngine, dict[Seat, Page]]]:
    engine = MediaEngine([address], 0, [])
    await engine.start()
    engine.set_routes(ROOM, EVERY_ROUTE)
    runner = await site(engine, address)
    origin = f"http://{address}:{runner.addresses[0][1]}"
    url = f"{origin}/?width={width}&height={height}{'&layers' if layers else ''}&seat="
    async with async_playwright() as playwright:
        flags = (*FLAGS, f"--unsafely-treat-insecure-origin-as-secure={origin}")
        browser = await playwright.chromium.launch(executable_path=program, args=flags)
        context = await browser.new_context()
        pages = {seat: await context.new_page() for seat in SEATS if not (far and seat is B)}
        other = await playwright.chromium.launch(executable_path=far, args=flags) if far else None
        if other is not None:
            pages[B] = await (await other.new_context()).new_page()
        try:
            for seat, page in pages.items():
                await page.goto(url + seat)
            yield engine, pages
        finally:
            await browser.close()
            if other is not None:
                await other.close()
            await runner.cleanup()
            await engine.stop()


async def tile(page: Page, source: Seat, medium: Medium) -> Report:
    """What a page says about one remote medium; empty before its first packet."""
    report: Report = await page.evaluate("window.report ? report() : {error: null, tiles: {}}")
    assert report["error"] is None
    found: Report = report["tiles"].get(f"{source}/{medium}", {})
    return found


async def until(condition: Callable[[], Awaitable[bool]], what: str, seconds: float = 60.0) -> float:
    """Wait for a state of a page; the seconds it took."""
    begin = time.monotonic()
    while not await condition():
        assert time.monotonic() - begin < seconds, what
        await asyncio.sleep(0.1)
    return time.monotonic() - begin


async def until_all_play(pages: dict[Seat, Page], width: int, height: int) -> None:
    """All six remote pictures are decoded at full size and shown, and all six voices are audible."""
    for listener, page in pages.items():
        for source in SEATS:
            if source is listener:
                continue

            async def seen(page: Page = page, source: Seat = source) -> bool:
                picture = await tile(page, source, Medium.CAMERA)
                size = (picture.get("width"), picture.get("height"), picture.get("shown"))
                return size == (width, height, width) and bool(picture["frames"] >= 20)

            async def audible(page: Page = page, source: Seat = source) -> bool:
                voice = await tile(page, source, Medium.MIC)
                return bool(voice.get("packets", 0) >= 50 and voice["energy"] > 0.01)

            await until(seen, f"{listener} does not see {source}")
            await until(audible, f"{listener} does not hear {source}")


@pytest.mark.parametrize(("width", "height"), [(640, 360), (1280, 720)])
async def test_all_six_tiles_play_and_a_reload_takes_nobody_s_picture(width: int, height: int) -> None:
    async with three_pages(width, height) as (engine, pages):
        await until_all_play(pages, width, height)
        before = {seat: (await tile(pages[seat], B, Medium.CAMERA))["frames"] for seat in (THERAPIST, A)}
        others = {(x, y): (await tile(pages[x], y, Medium.CAMERA)) for x, y in ((THERAPIST, A), (A, THERAPIST))}

        await pages[B].reload()
        await until_all_play(pages, width, height)

        for seat, frames in before.items():

            async def goes_on(seat: Seat = seat, frames: int = frames) -> bool:
                return bool((await tile(pages[seat], B, Medium.CAMERA))["frames"] > frames + 20)

            await until(goes_on, f"{seat} sees no more of {B}")
        for (listener, source), earlier in others.items():
            now = await tile(pages[listener], source, Medium.CAMERA)
            assert now["frames"] > earlier["frames"] + 20
        profiles = {peer.profile for room in engine.stats().rooms for peer in room.peers}
        assert profiles == {"SRTP_AEAD_AES_256_GCM"}


async def test_a_cut_stops_the_picture_and_opening_brings_it_back_soon() -> None:
    async with three_pages(640, 360) as (engine, pages):
        await until_all_play(pages, 640, 360)
        engine.set_routes(ROOM, EVERY_ROUTE - {Route(A, B, medium) for medium in Medium})
        passed = engine.stats().packets(ROOM, A, B, Medium.CAMERA)
        await asyncio.sleep(1)
        stopped = await tile(pages[B], A, Medium.CAMERA)
        other = await tile(pages[THERAPIST], A, Medium.CAMERA)
        assert engine.stats().packets(ROOM, A, B, Medium.CAMERA) == passed
        engine.set_routes(ROOM, EVERY_ROUTE)

        async def back() -> bool:
            return bool((await tile(pages[B], A, Medium.CAMERA))["frames"] >= stopped["frames"] + 5)

        assert await until(back, "the picture does not come back") < 3
        assert (await tile(pages[THERAPIST], A, Medium.CAMERA))["frames"] > other["frames"]
        assert (await tile(pages[THERAPIST], B, Medium.SCREEN)) == {}


async def test_a_screen_appears_without_another_offer() -> None:
    async with three_pages(640, 360) as (engine, pages):
        await until_all_play(pages, 640, 360)
        await pages[THERAPIST].evaluate("showScreen()")

        async def seen() -> bool:
            return all([(await tile(pages[seat], THERAPIST, Medium.SCREEN)).get("frames", 0) >= 5 for seat in (A, B)])

        await until(seen, "the screen is not seen")
        assert engine.stats().offers == 3


async def test_a_page_restarts_its_path_without_a_word_to_the_host() -> None:
    """What a page does when its network changed: signalling may be dead in just this moment."""
    async with three_pages(640, 360) as (engine, pages):
        await until_all_play(pages, 640, 360)
        await pages[A].evaluate("restart()")
        received = (await tile(pages[A], THERAPIST, Medium.CAMERA))["frames"]
        sent = (await tile(pages[B], A, Medium.CAMERA))["frames"]

        async def goes_on() -> bool:
            seen = (await tile(pages[A], THERAPIST, Medium.CAMERA))["frames"] >= received + 40
            return bool(seen and (await tile(pages[B], A, Medium.CAMERA))["frames"] >= sent + 40)

        await until(goes_on, "the call does not go on")
        assert engine.stats().offers == 3


@needs_namespaces
@pytest.mark.parametrize("udp", [True, False], ids=["udp open", "udp dropped"])
async def test_where_udp_is_dropped_everything_plays_by_tcp_and_only_there(tmp_path: Path, udp: bool) -> None:
    with elsewhere() as place:
        if not udp:
            place.drop_udp()
        program = place.chromium(tmp_path)
        async with three_pages(640, 360, address=place.address, program=program) as (engine, pages):
            await until_all_play(pages, 640, 360)
            peers = engine._rooms[ROOM].peers.values()
            assert [peer.paths.link is not None and peer.paths.link.stream for peer in peers] == [not udp] * 3
            for page in pages.values():
                assert (await tile(page, next(iter(other_of(pages, page))), Medium.CAMERA))["freezes"] == 0


def other_of(pages: dict[Seat, Page], page: Page) -> list[Seat]:
    return [seat for seat, it in pages.items() if it is not page]


@needs_namespaces
async def test_a_weak_link_gets_small_pictures_and_nobody_else_does(tmp_path: Path) -> None:
    with elsewhere() as place:
        far = place.chromium(tmp_path)
        async with three_pages(640, 360, address=place.address, far=far, layers=True) as (_, pages):
            await until_all_play(pages, 640, 360)
            place.narrow("300kbit")

            async def small() -> bool:
                return all([(await tile(pages[B], source, Medium.CAMERA))["width"] == 160 for source in (THERAPIST, A)])

            took = await until(small, "the pictures do not get small")
            print(f"small after {took:.1f} s")  # noqa: T201
            voices = {source: await tile(pages[B], source, Medium.MIC) for source in (THERAPIST, A)}
            await asyncio.sleep(3)
            for source, before in voices.items():
                now = await tile(pages[B], source, Medium.MIC)
                lost = now["lost"] - before["lost"]
                assert lost <= 0.1 * (now["packets"] - before["packets"] + lost), "sound suffers"
            for listener, source in ((THERAPIST, A), (A, THERAPIST), (THERAPIST, B), (A, B)):
                assert (await tile(pages[listener], source, Medium.CAMERA))["width"] == 640
            place.widen()
            await until_all_play(pages, 640, 360)
            for page in (pages[THERAPIST], pages[A]):
                assert (await tile(page, B, Medium.CAMERA))["freezes"] <= 1
