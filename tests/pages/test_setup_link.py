from __future__ import annotations

from server.pages.setup_link import setup_link
from tests.pages.site import ORIGIN, Site

DAY = 24 * 3_600_000


async def test_the_link_sets_an_account_up_within_a_day(site: Site) -> None:
    link = await setup_link(site.practice, site.access, site.clock, ORIGIN)
    late = await setup_link(site.practice, site.access, site.clock, ORIGIN)
    address, _, secret = link.partition("#")
    body = {"secret": secret, "name": "Dr. Lind", "language": "en"}

    assert address == f"{ORIGIN}/setup"
    assert len(secret) == 43
    assert secret not in repr(site.practice.links)
    site.clock.advance(DAY - 1)
    assert (await site.post("/api/setup", body))[0] == 200
    site.clock.advance(1)
    assert (await site.post("/api/setup", body | {"secret": late.partition("#")[2]}))[0] == 404
