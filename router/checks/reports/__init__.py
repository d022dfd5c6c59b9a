"""A check's report in each form it is read in: a table, JSON, JUnit, Markdown, GitHub annotations. Pure: text out."""

from router.checks.reports.github import github
from router.checks.reports.json import as_json
from router.checks.reports.junit import junit
from router.checks.reports.markdown import markdown
from router.checks.reports.table import table

__all__ = ["as_json", "github", "junit", "markdown", "table"]
