"""The append-only log of rooms in the database; implements `ports.RoomLog`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from server.ports import ConflictError, LoggedEvent
from server.store.engine import Database
from server.store.errors import BrokenLogError
from server.store.event_rows import UnreadableEventError, from_row, to_row
from server.store.tables import rooms_events


class SqlRoomLog:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def append(self, room_id: str, entries: Sequence[LoggedEvent]) -> None:
        """Store durably, all or none, before returning. Raises ConflictError."""
        if not entries:
            return
        rows = []
        for entry in entries:
            kind, payload = to_row(entry.event)
            rows.append(
                {
                    "room_id": room_id,
                    "index": entry.index,
                    "at": entry.event.at,
                    "type": kind,
                    "payload": payload,
                    "command": entry.command,
                }
            )
        try:
            async with self._database.transaction() as connection:
                await connection.execute(insert(rooms_events), rows)
        except IntegrityError as error:
            raise ConflictError from error

    async def load(self, room_id: str) -> list[LoggedEvent]:
        """All events of the room in order; empty when it is unknown. Raises BrokenLogError."""
        table = rooms_events
        query = (
            select(table.c["index"], table.c.type, table.c.payload, table.c.command)
            .where(table.c.room_id == room_id)
            .order_by(table.c["index"])
        )
        async with self._database.transaction() as connection:
            rows = (await connection.execute(query)).all()
        entries = []
        for expected, (index, kind, payload, command) in enumerate(rows, 1):
            if index != expected:
                raise BrokenLogError(expected, "it is missing")
            try:
                entries.append(LoggedEvent(index, from_row(kind, payload), command))
            except UnreadableEventError as error:
                raise BrokenLogError(index, str(error)) from error
        return entries
