"""Clients that many callers share keep no cookies: what a server sets for one would be sent along for the next."""

from http.cookiejar import CookieJar, DefaultCookiePolicy


def jar() -> CookieJar:
    """Give a jar that takes no cookie, whoever sets it."""
    return CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
