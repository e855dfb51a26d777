"""Captures the SDP offers of the installed browsers as fixtures for `test_sdp.py`, addresses scrubbed.

Run by hand when a browser changes what it offers: `python tests/media/capture_offers.py [folder]`.
The offer is the one every call page makes: mic, camera, screen to send, and the same twice to receive.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from aiohttp import web

PAGE = """<!doctype html><meta charset="utf-8"><script type="module">
const name = new URLSearchParams(location.search).get('browser');
const say = (path, body) => fetch(`/${path}/${name}`, {method: 'POST', body});
try {
  const stream = await navigator.mediaDevices.getUserMedia({audio: true, video: {width: 640, height: 360}});
  const peer = new RTCPeerConnection();
  const [mic] = stream.getAudioTracks(), [camera] = stream.getVideoTracks();
  peer.addTransceiver(mic, {direction: 'sendonly', streams: [stream]});
  peer.addTransceiver(camera, {direction: 'sendonly', streams: [stream]});
  peer.addTransceiver('video', {direction: 'sendonly'});
  for (let seat = 0; seat < 2; seat += 1) {
    for (const kind of ['audio', 'video', 'video']) peer.addTransceiver(kind, {direction: 'recvonly'});
  }
  await peer.setLocalDescription();
  await new Promise((done) => setTimeout(done, 700));
  await say('offer', peer.localDescription.sdp);
} catch (error) { await say('failed', String(error)); }
</script>"""

FIREFOX_PREFERENCES = """
user_pref("media.navigator.streams.fake", true);
user_pref("media.navigator.permission.disabled", true);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
"""


def scrub(offer: str) -> str:
    """The offer with documentation addresses (RFC 5737, RFC 3849) and without names that point at this machine."""
    offer = re.sub(r"\b(?!0\.0\.0\.0|127\.0\.0\.1)\d{1,3}(?:\.\d{1,3}){3}\b(?! SDPARTA)", "192.0.2.10", offer)
    offer = re.sub(r"\bf[cde][0-9a-f]{2}:[0-9a-f:]+", "2001:db8::10", offer)
    offer = re.sub(r"[0-9a-f-]{36}\.local", "00000000-0000-4000-8000-000000000000.local", offer)
    return offer


def command(browser: str, folder: str, url: str) -> list[str]:
    if browser == "firefox":
        (Path(folder) / "user.js").write_text(FIREFOX_PREFERENCES)
        return ["firefox-esr", "--headless", "--no-remote", "--profile", folder, url]
    return [
        "chromium", "--headless=new", "--no-sandbox", f"--user-data-dir={folder}", "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--no-first-run", url,
    ]  # fmt: skip


async def capture(browsers: list[str], target: Path) -> None:
    arrived: dict[str, asyncio.Future[str]] = {name: asyncio.get_running_loop().create_future() for name in browsers}

    async def page(request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html")

    async def offer(request: web.Request) -> web.Response:
        arrived[request.match_info["browser"]].set_result(await request.text())
        return web.Response()

    async def failed(request: web.Request) -> web.Response:
        arrived[request.match_info["browser"]].set_exception(RuntimeError(await request.text()))
        return web.Response()

    app = web.Application()
    app.add_routes([web.get("/", page), web.post("/offer/{browser}", offer), web.post("/failed/{browser}", failed)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    for browser in browsers:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            process = await asyncio.create_subprocess_exec(
                *command(browser, folder, f"http://127.0.0.1:{port}/?browser={browser}"),
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                sdp = scrub(await asyncio.wait_for(arrived[browser], 45))
            finally:
                process.terminate()
                await process.wait()
        await asyncio.to_thread((target / f"{browser}.sdp").write_text, sdp, newline="")
    await runner.cleanup()


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "offers"
    asyncio.run(capture(["chromium", "firefox"], folder))
