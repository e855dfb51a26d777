from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from server.access import Access, AccessError, Grant
from server.domain.seats import SEATS, Seat
from tests.fakes import START, MemoryInvitations

HOUR = 3_600_000


@pytest.fixture
def invitations() -> MemoryInvitations:
    return MemoryInvitations()


@pytest.fixture
def access(invitations: MemoryInvitations) -> Access:
    return Access(invitations, b"p" * 32)


async def minted(access: Access) -> tuple[str, str]:
    """The id and the secret of a link that is good for an hour."""
    _, fragment = await access.mint("room", Seat.PARTNER_A, START, START + HOUR)
    _, invitation_id, secret = fragment.split(".")
    return invitation_id, secret


async def refusal(access: Access, invitation_id: str, secret: str, now: int = START) -> str:
    with pytest.raises(AccessError) as caught:
        await access.redeem(invitation_id, secret, now)
    return caught.value.code


async def test_a_link_has_the_agreed_form_and_its_secret_is_not_kept(
    access: Access, invitations: MemoryInvitations
) -> None:
    invitation, fragment = await access.mint("room", Seat.PARTNER_A, START, START + HOUR)

    assert re.fullmatch(rf"1\.{re.escape(invitation.id)}\.[\w-]{{43}}", fragment, re.ASCII)
    assert re.fullmatch(r"[\w-]{11}", invitation.id, re.ASCII)
    assert invitations.rows == {invitation.id: invitation}
    assert fragment.split(".")[2] not in repr(invitations.rows)


async def test_a_link_is_good_for_its_seat(access: Access) -> None:
    invitation_id, secret = await minted(access)

    expected = Grant("room", Seat.PARTNER_A, invitation_id, START + HOUR)
    assert await access.redeem(invitation_id, secret, START) == expected
    assert await access.redeem(invitation_id, secret, START + HOUR - 1) == expected
    assert await access.grant(invitation_id, START) == expected


async def test_links_are_all_different(access: Access) -> None:
    fragments = [(await access.mint("room", seat, 0, 1))[1] for seat in SEATS]

    assert len({part for fragment in fragments for part in fragment.split(".")[1:]}) == 6


@pytest.mark.parametrize("change", [lambda s: s[:-1] + "~", lambda s: s + "A", lambda s: s[:-1], lambda s: ""])
async def test_a_wrong_secret_and_an_unknown_id_look_the_same(access: Access, change: Callable[[str], str]) -> None:
    invitation_id, secret = await minted(access)

    assert await refusal(access, invitation_id, change(secret)) == "bad-link"
    assert await refusal(access, "AAAAAAAAAAA", secret) == "bad-link"


async def test_a_secret_from_a_hostile_page_is_a_wrong_one(access: Access) -> None:
    invitation_id, _ = await minted(access)

    assert await refusal(access, invitation_id, "\ud800" * 43) == "bad-link"
    assert await refusal(access, invitation_id, "ü" * 1_000_000) == "bad-link"


async def test_time_matters_only_with_the_right_secret(access: Access) -> None:
    invitation_id, secret = await minted(access)

    assert await refusal(access, invitation_id, secret, START - 1) == "too-early"
    assert await refusal(access, invitation_id, secret, START + HOUR) == "expired"
    assert await refusal(access, invitation_id, "wrong", START + HOUR) == "bad-link"


async def test_a_revoked_link_looks_unknown_to_link_and_session(access: Access) -> None:
    invitation_id, secret = await minted(access)
    other, other_secret = await minted(access)

    await access.revoke_room("room")

    assert await refusal(access, invitation_id, secret) == "bad-link"
    assert await refusal(access, other, other_secret) == "bad-link"
    with pytest.raises(AccessError, match="bad-link"):
        await access.grant(invitation_id, START)


async def test_a_session_ends_with_its_invitation(access: Access) -> None:
    invitation_id, _ = await minted(access)

    with pytest.raises(AccessError, match="expired"):
        await access.grant(invitation_id, START + HOUR)
    with pytest.raises(AccessError, match="bad-link"):
        await access.grant("AAAAAAAAAAA", START)


async def test_another_installations_pepper_opens_nothing(access: Access, invitations: MemoryInvitations) -> None:
    invitation_id, secret = await minted(access)

    assert await refusal(Access(invitations, b"q" * 32), invitation_id, secret) == "bad-link"


def test_a_short_pepper_is_a_mistake(invitations: MemoryInvitations) -> None:
    with pytest.raises(ValueError, match="too short"):
        Access(invitations, b"pepper")
