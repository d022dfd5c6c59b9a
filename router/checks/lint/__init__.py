"""Lint: what composes and runs, and yet deserves better names, descriptions or types. One rule, one file.

Rules are modelled on Apollo's schema linter and carry its codes where it has the same rule. Each module of `rules` has
a `CODE`, a default `LEVEL`, a first docstring line that says what it asks for, and `find(graph)`.
"""

from router.checks.lint.finding import Finding, Level, Settings
from router.checks.lint.linter import RULES, lint

__all__ = ["RULES", "Finding", "Level", "Settings", "lint"]
