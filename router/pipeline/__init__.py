"""From a client's request to its answer: parse → validate → authorize → limit → plan → execute → respond."""
