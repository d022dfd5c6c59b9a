"""Chaos: orders pass through a shop whose parts die, restart, forget and repeat themselves, and every one ends well."""
