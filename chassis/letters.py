"""Mails from templates: a text and, where there is one, an HTML version.

    letters = Letters(Path(__file__).parent / "mails", shop_url=settings.shop_url)
    mail = letters.mail("verify", to=person.email, key=f"verify:{token.id}", name=person.first_name, token=token)

reads `mails/verify.txt.j2`, whose first line is the subject, and `mails/verify.html.j2`:

    Subject: Confirm your address, {{ name }}

    Follow this link: {{ shop_url }}/verify?token={{ token }}

Jinja in its sandbox. HTML is escaped; a name that is missing is an error and never an empty space.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chassis.mail import Mail

_SUBJECT = "Subject: "


def _escaped(name: str | None) -> bool:
    return name is not None and name.endswith(".html.j2")


class Letters:
    """The templates of one folder; `shop_url`, without a slash at its end, is known in each."""

    def __init__(self, folder: Path, *, shop_url: str) -> None:
        self._templates = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            autoescape=_escaped,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._templates.globals["shop_url"] = shop_url.rstrip("/")

    def mail(self, name: str, /, *, to: str, key: str, **facts: Any) -> Mail:
        """The mail of that name about these facts; ValueError for a text that does not begin with its subject."""
        rendered = self._templates.get_template(f"{name}.txt.j2").render(facts)
        first, _, text = rendered.partition("\n")
        if not first.startswith(_SUBJECT):
            raise ValueError(f"{name}.txt.j2 does not begin with '{_SUBJECT}'")
        return Mail(to, first.removeprefix(_SUBJECT), text.lstrip("\n"), key, self._html(name, facts))

    def _html(self, name: str, facts: dict[str, Any]) -> str | None:
        try:
            template = self._templates.get_template(f"{name}.html.j2")
        except TemplateNotFound as missing:
            if missing.name != f"{name}.html.j2":
                raise
            return None
        return template.render(facts)
