"""Real servers, PostgreSQL and Redis, run from a directory of one's own: for development and tests only."""
