from __future__ import annotations

from tests.pages.site import Site


async def test_the_front_page_is_the_same_for_everybody(site: Site) -> None:
    async with site.client.get("/") as response:
        stranger = await response.text()
    await site.therapist()
    async with site.client.get("/") as response:
        assert await response.text() == stranger == "<h1>front</h1>"


async def test_only_what_may_be_an_invitation_has_a_page(site: Site) -> None:
    for path, status in (("/c/AAAAAAAA-_1", 200), ("/c/short", 404), ("/c/AAAAAAAAAAA1", 404), ("/c/", 404)):
        async with site.client.get(path) as response:
            assert response.status == status, path


async def test_files_are_served_and_folders_are_not_listed(site: Site) -> None:
    async with site.client.get("/static/page.js") as response:
        assert await response.text() == "export {};\n"
    async with site.client.get("/static/") as response:
        assert "page.js" not in await response.text()
