"""The few pages that a server shows by itself: to sign in, and to say whether a program may act for one.

Plain HTML, written here: no script runs in them, nothing is loaded from anywhere, and no other site frames them.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from starlette.responses import Response

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:12vh auto;padding:0 1rem;color:#1a1d21;"
    "background:#fff}h1{font-size:1.3rem}label{display:block;margin:1rem 0 .25rem}"
    "input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #6b7280;border-radius:.4rem}"
    "button{font:inherit;padding:.5rem 1rem;margin:1rem .5rem 0 0;border:1px solid #1a1d21;border-radius:.4rem;"
    "background:#fff;color:inherit;cursor:pointer}button.yes{background:#1a1d21;color:#fff}"
    "a{color:#1d4ed8}:focus-visible{outline:3px solid #1d4ed8;outline-offset:2px}code{overflow-wrap:anywhere}"
    ".wrong{border-left:4px solid #b91c1c;padding:.25rem .75rem}.who{color:#4b5563}hr{margin:2rem 0}"
    "@media(prefers-color-scheme:dark){body{background:#14171a;color:#e5e7eb}.who{color:#9ca3af}a{color:#93c5fd}"
    ":focus-visible{outline-color:#93c5fd}"
    "input,button{background:#1f2327;color:inherit;border-color:#6b7280}button.yes{background:#e5e7eb;color:#14171a}}"
)


def page(title: str, body: str, *, status: int = 200, leads_to: str = "", goes_to: str = "") -> Response:
    """Show a page; `leads_to` is the origin of another server that its form may lead to, by a redirect.

    `goes_to` is an address that the browser goes on to by itself. (A form that was sent to this server cannot be led to
    another one: browsers hold redirects against `form-action`, too.)
    """
    onwards = f'<meta http-equiv="refresh" content="0;url={escape(goes_to)}">' if goes_to else ""
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{onwards}'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} · ContextFS</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self'{f' {leads_to}' if leads_to else ''}"
    )
    headers = {
        "content-security-policy": policy,
        "x-frame-options": "DENY",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",  # with `no-referrer` browsers tell no origin of a form, not even to us
        "cache-control": "no-store",
    }
    return Response(text, status, headers, media_type="text/html")


def message(title: str, *sentences: str, status: int = 200, more: str = "") -> Response:
    """Show a page that says something and asks nothing; `more` is HTML that follows."""
    return page(title, "".join(f"<p>{escape(one)}</p>" for one in sentences) + more, status=status)


def link(address: str, words: str) -> str:
    """Write a link."""
    return f'<p><a href="{escape(address)}">{escape(words)}</a></p>'


def form(action: str, fields: str, buttons: Sequence[tuple[str, str, str]], hidden: Mapping[str, str]) -> str:
    """Write a form; each button has a name, a value and its words. The first one is the one that is meant."""
    kept = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in hidden.items()
    )
    classes = [" class=yes", *[""] * len(buttons)]
    pressed = "".join(
        f'<button{shown} name="{escape(name)}" value="{escape(value)}">{escape(words)}</button>'
        for shown, (name, value, words) in zip(classes, buttons, strict=False)
    )
    return f'<form method="post" action="{escape(action)}">{kept}{fields}{pressed}</form>'


def field(name: str, label: str, value: str = "", *, kind: str = "text", more: str = "") -> str:
    """Write a field with its label."""
    return (
        f'<label for="{name}">{escape(label)}</label>'
        f'<input id="{name}" name="{name}" type="{kind}" value="{escape(value)}" autocomplete="off"{more}>'
    )


def wrong(sentence: str) -> str:
    """Write what is wrong."""
    return f'<p class="wrong" role="alert">{escape(sentence)}</p>' if sentence else ""
