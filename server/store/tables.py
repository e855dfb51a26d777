"""The tables, as SQLAlchemy Core knows them; `migrations` bring a database to this form.

Times are milliseconds since 1970-01-01 UTC. JSON stands as text, written and read by msgspec.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

rooms_events: Final = Table(
    "rooms_events",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("index", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("type", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("command", Text, nullable=True),
)

invitations: Final = Table(
    "invitations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("room_id", Text, nullable=False),
    Column("seat", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Index(None, "room_id"),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("data", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Index(None, "expires"),
)

therapists: Final = Table(
    "therapists",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
)

calls: Final = Table(
    "calls",
    metadata,
    Column("room_id", Text, primary_key=True),
    Column("therapist_id", Text, ForeignKey(therapists.c.id), nullable=True),
    Column("title", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Index(None, "therapist_id"),
)

editions: Final = Table(
    "editions",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("text", Text, nullable=False),
)

scripts: Final = Table(
    "scripts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("therapist_id", Text, ForeignKey(therapists.c.id), nullable=False),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Index(None, "therapist_id"),
)

setup_links: Final = Table(
    "setup_links",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True),
    Column("expires", BigInteger, nullable=False),
)
