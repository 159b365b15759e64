"""The history of the schema, by Alembic; the same for SQLite and PostgreSQL."""
