"""What can be wrong with a database; each says so in a sentence for the operator.

StoreError
├── BrokenDatabaseError   the file is damaged, or is no database
├── NewerSchemaError      a newer version of Thirdchair has written it
└── BrokenLogError        a room's log has a gap, or an event that cannot be read
"""

from __future__ import annotations


class StoreError(Exception):
    """The sentence names no content of the database."""


class BrokenDatabaseError(StoreError):
    def __init__(self) -> None:
        super().__init__("The database is damaged. Stop the server and restore the last backup.")


class NewerSchemaError(StoreError):
    def __init__(self, revision: str) -> None:
        super().__init__(
            f"The database was written by a newer version of Thirdchair (schema {revision}). "
            "Start that version, or restore a backup from before the upgrade."
        )


class BrokenLogError(StoreError):
    """`index` is the first line of the log that cannot be used."""

    def __init__(self, index: int, why: str) -> None:
        super().__init__(f"Event {index} of a room's log cannot be read: {why}.")
        self.index = index
