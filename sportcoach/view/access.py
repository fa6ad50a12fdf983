"""Who may look: this machine only, or whoever has the token; and never another site's page in somebody's browser."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from urllib.parse import urlsplit

from aiohttp import web

COOKIE = "sportcoach_token"
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]", "::1")


def is_loopback(host: str) -> bool:
    """Whether a server bound to `host` can be reached from its own machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Access:
    """The rule for one server.

    Args:
        host: address it is bound to.
        token: what clients must show; empty for none on loopback, and for a random one elsewhere.
    """

    def __init__(self, host: str, token: str = "") -> None:
        self._local = is_loopback(host)
        self.token = token or ("" if self._local else secrets.token_urlsafe(16))

    def check(self, request: web.Request) -> None:
        """Let a request pass.

        Raises:
            web.HTTPForbidden: it comes from somebody else's page or lacks the token.
        """
        name = urlsplit(f"//{request.host}").hostname or ""
        if self._local and name not in _LOOPBACK_NAMES:  # a name that was made to point here (DNS rebinding)
            raise web.HTTPForbidden(text="this page is for the machine that it runs on\n")
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden(text="another site's page asked for this\n")
        if self.token and not self._shows_token(request):
            raise web.HTTPForbidden(text="open the address with its ?token=, as the view node printed it\n")

    def _shows_token(self, request: web.Request) -> bool:
        shown = request.query.get("token") or request.cookies.get(COOKIE, "")
        return hmac.compare_digest(shown.encode(), self.token.encode())

    def remember(self, response: web.StreamResponse) -> None:
        """Let the browser show the token by itself from now on."""
        if self.token:
            response.set_cookie(COOKIE, self.token, httponly=True, samesite="Strict")
