"""Hold the Alembic migrations of the schema."""
