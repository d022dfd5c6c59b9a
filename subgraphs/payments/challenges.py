"""The page of the sandbox's bank, where customers prove to be the card's holder: GET and POST /challenges/{reference}.

    /payments/challenges/sandbox-0190…?returnTo=/checkout/thanks

It stands for another company's page, and so it needs no token: whoever was given the link may answer, once. The answer
goes to the sandbox, whose webhook tells payments; the customer is sent back to the shop, and nowhere else.
"""

from __future__ import annotations

from html import escape
from typing import Final
from urllib.parse import parse_qs, quote, urljoin, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from .providers.sandbox import CHALLENGE_CODE, Challenge, Sandbox
from .routes import TooLarge, read

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 10vh auto; padding: 0 1rem }}
input, button {{ font: inherit; padding: .5rem .75rem }}
input {{ width: 8rem; letter-spacing: .2em }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""
_FORM: Final = """<p>You are about to pay <strong>{amount}</strong>.</p>
<form method="post" action="{action}">
<p><label for="code">The code your bank has sent you</label></p>
<p><input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required autofocus>
<button>Confirm</button></p>
</form>
<p>No money moves here: {code} passes, any other code is refused.</p>
"""


class ElsewhereRefused(ValueError):
    """The customer would be sent somewhere that is not the shop."""


def way_back(wish: str | None, *, shop_url: str) -> str:
    """Where the customer is sent afterwards: a path or an address of the shop, its checkout by default.

    Raises ElsewhereRefused for every other origin, and for what browsers read differently from us.
    """
    shop = shop_url.rstrip("/")
    if wish is None:
        return f"{shop}/checkout"
    # Browsers take a backslash for a slash and drop line breaks and tabs (URL Standard, 4.4): "/\\evil" is a host.
    if any(sign == "\\" or sign.isspace() or not sign.isprintable() for sign in wish):
        raise ElsewhereRefused("The way back holds characters that no address holds.")
    there = urlsplit(urljoin(f"{shop}/", wish))
    if (there.scheme, there.netloc) != urlsplit(shop)[:2]:
        raise ElsewhereRefused("The way back leads away from the shop.")
    return there.geturl()


def challenges_of(sandbox: Sandbox, *, shop_url: str) -> APIRouter:
    """200 with the page, 303 back to the shop once answered, 400 for a way back elsewhere, 404 for no such charge."""
    router = APIRouter()
    parts = urlsplit(shop_url)
    headers = {
        "cache-control": "no-store",
        # `form-action` also bounds where the answer's redirect may lead.
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self' {parts.scheme}://{parts.netloc}",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }

    def page(title: str, body: str, status: int = 200) -> Response:
        return HTMLResponse(_PAGE.format(title=title, body=body), status, headers=headers)

    async def asked(reference: str, request: Request) -> tuple[Challenge, str] | Response:
        """The challenge and the way back, or why there is none."""
        try:
            back = way_back(request.query_params.get("returnTo"), shop_url=shop_url)
        except ElsewhereRefused as refused:
            return page("Not possible", f"<p>{escape(str(refused))}</p>", 400)
        # A text in PostgreSQL holds no U+0000.
        challenge = await sandbox.challenge(reference) if "\0" not in reference else None
        if challenge is None:
            return page("Not found", "<p>There is nothing to confirm here.</p>", 404)
        return challenge, back

    async def show(reference: str, request: Request) -> Response:
        found = await asked(reference, request)
        if isinstance(found, Response):
            return found
        challenge, back = found
        if not challenge.is_open:
            return page("Answered", f'<p>This payment was answered. <a href="{escape(back)}">Back to the shop</a></p>')
        action = f"?returnTo={quote(back, safe='')}"
        form = _FORM.format(amount=escape(str(challenge.amount)), action=escape(action), code=CHALLENGE_CODE)
        return page("Confirm your payment", form)

    async def answer(reference: str, request: Request) -> Response:
        found = await asked(reference, request)
        if isinstance(found, Response):
            return found
        _, back = found
        try:
            fields = parse_qs((await read(request)).decode(errors="replace"))
        except TooLarge:
            return page("Not possible", "<p>That is no code.</p>", 413)
        # Answered before, it changes nothing.
        await sandbox.confirm(reference, code="".join(fields.get("code", [""])).strip())
        return RedirectResponse(back, 303, headers=headers)

    router.add_api_route("/challenges/{reference}", show, methods=["GET"], response_model=None)
    router.add_api_route("/challenges/{reference}", answer, methods=["POST"], response_model=None)
    return router
