"""Somebody at a browser, who lets a program in or not."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.shared.auth import AuthorizationCodeResult

CALLBACK = "http://127.0.0.1:33418/callback"


class Person:
    """Somebody at a browser: signs in when asked to, and decides."""

    def __init__(self, key: str, decision: str = "allow", callback: str = CALLBACK) -> None:
        self._key = key
        self._decision = decision
        self._callback = callback
        self.place = ""
        self._told: dict[str, str] = {}
        self.asked = 0

    async def open(self, address: str) -> None:
        """Open the address that a program shows, and go through its pages."""
        self.asked += 1
        parts = urlsplit(address)
        async with httpx2.AsyncClient(base_url=f"{parts.scheme}://{parts.netloc}", timeout=60) as browser:
            led = await browser.get(address)
            form = parse_qs(urlsplit(led.headers["location"]).query)
            signed = await browser.post("/oauth/login", data={"key": self._key, "return_to": form["return_to"][0]})
            page = await browser.get(signed.headers["location"])
            hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
            sent = {name: value.replace("&amp;", "&") for name, value in hidden.items()}
            back = await browser.post("/oauth/authorize", data=sent | {"decision": self._decision})
        self.place = back.headers["location"]
        assert self.place.startswith(self._callback)
        self._told = {name: values[0] for name, values in parse_qs(urlsplit(self.place).query).items()}

    async def answer(self) -> AuthorizationCodeResult:
        """Give what came back to the program's address."""
        if "error" in self._told:
            raise PermissionError(self._told["error"])
        return AuthorizationCodeResult(code=self._told["code"], state=self._told["state"], iss=self._told["iss"])
