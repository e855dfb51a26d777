"""Personal links in the database; implements `ports.Invitations`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select, update

from server.domain.seats import Seat
from server.ports import Invitation
from server.store.engine import Database
from server.store.tables import invitations as table


class SqlInvitations:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, invitation: Invitation) -> None:
        """Store a new one; its id must be new."""
        values = {
            "id": invitation.id,
            "room_id": invitation.room_id,
            "seat": invitation.seat.value,
            "secret_hash": invitation.secret_hash,
            "not_before": invitation.not_before,
            "expires": invitation.expires,
            "revoked": invitation.revoked,
        }
        async with self._database.transaction() as connection:
            await connection.execute(insert(table), values)

    async def find(self, invitation_id: str) -> Invitation | None:
        async with self._database.transaction() as connection:
            row = (await connection.execute(select(table).where(table.c.id == invitation_id))).first()
        return None if row is None else _invitation(row)

    async def of_room(self, room_id: str) -> list[Invitation]:
        query = select(table).where(table.c.room_id == room_id).order_by(table.c.not_before, table.c.id)
        async with self._database.transaction() as connection:
            return [_invitation(row) for row in await connection.execute(query)]

    async def revoke(self, invitation_id: str) -> None:
        """For ever; unknown ones are ignored."""
        async with self._database.transaction() as connection:
            await connection.execute(update(table).where(table.c.id == invitation_id).values(revoked=True))


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        room_id=row.room_id,
        seat=Seat(row.seat),
        secret_hash=row.secret_hash,
        not_before=row.not_before,
        expires=row.expires,
        revoked=row.revoked,
    )
