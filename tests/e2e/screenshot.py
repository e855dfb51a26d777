"""Makes `docs/screenshot.png`: a real call of three real browsers, in the middle of a dialogue.

python -m tests.e2e.screenshot
"""

from __future__ import annotations

import base64
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

from server.domain.seats import SEATS, Seat
from tests.e2e.calls import Call
from tests.e2e.people import CAMERA, Person, launch
from tests.e2e.portraits import write_portrait
from tests.e2e.running import ROOT, Server

T, A, B = SEATS
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 720}
TO_MIRROR = ((T, "request"), (B, "ready"), (T, "sent"))


def seat_portraits(
    playwright: Playwright, stack: ExitStack, server: Server, folder: Path, **options: dict[str, object]
) -> Call:
    """Three drawn people, each in a browser of their own; `options` are the context's, by seat name."""
    painter = launch(playwright)
    people = {}
    for seat in SEATS:
        camera = write_portrait(painter, folder / f"{seat}.y4m", seat)
        browser: Browser = launch(playwright, *CAMERA, f"--use-file-for-fake-video-capture={camera}")
        stack.callback(browser.close)
        people[seat] = Person.sit_down(browser, seat, **options.get(seat.name.lower(), {}))
    painter.close()
    return Call(server, people)


def lead_to(call: Call, steps: tuple[tuple[Seat, str], ...], revision: int) -> int:
    """Take the steps; the revision then."""
    for by, edge in steps:
        person = call.people[by]
        if by is T:
            several = len(person.view()["lead"]["ways"]) > 1
            person.press("advance", **({"edge": edge} if several else {}))
        else:
            person.press("confirm", edge=edge)
        revision += 1
        call.agree(revision)
    return revision


def steady(call: Call) -> None:
    """Wait until every picture is there in full size and every passage is over."""
    for person in call.people.values():
        for other in SEATS:
            if other is not person.seat:
                person.wait_for_picture(other, more_than=20)
        person.page.wait_for_timeout(1500)


def compose(browser: Browser, pictures: list[tuple[bytes, int, int, int, int]], path: Path) -> None:
    """Lay pictures (PNG, left, top, width, radius) on the ground of the product."""
    page = browser.new_page(viewport={"width": 1600, "height": 900}, device_scale_factor=1)
    images = "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(png).decode()}" style="position:absolute;left:{left}px;'
        f'top:{top}px;width:{width}px;border-radius:{radius}px;box-shadow:0 18px 60px #0009">'
        for png, left, top, width, radius in pictures
    )
    page.set_content(f'<body style="margin:0;height:900px;background:linear-gradient(160deg,#e9e2d4,#cfd8d0)">{images}')
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    page.close()


def main() -> int:
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = Path(temporary)
        server = stack.enter_context(Server(folder / "var"))
        playwright = stack.enter_context(sync_playwright())
        phone = {"viewport": PHONE, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
        call = seat_portraits(
            playwright,
            stack,
            server,
            folder,
            therapist={"viewport": DESKTOP},
            partner_a={"viewport": DESKTOP},
            partner_b=phone,
        )
        call.gather()
        call.therapist.press("start-dialogue", sender=A.value)
        call.agree(1)
        lead_to(call, TO_MIRROR, 1)
        steady(call)
        therapist, phone_picture = call.therapist.page.screenshot(), call.jonas.page.screenshot()
        painter = launch(playwright)
        compose(
            painter,
            [(therapist, 50, 150, 1080, 14), (phone_picture, 1172, 34, 384, 34)],
            ROOT / "docs" / "screenshot.png",
        )
        painter.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
