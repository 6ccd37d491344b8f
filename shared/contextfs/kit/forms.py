"""Forms that texts have: each pattern once, with what people are told where a text has another form."""

from types import MappingProxyType
from typing import Final

END: Final = r"$(?!\n)"
"""The end of a text, in patterns: without the second part, Python lets a line break follow."""

WORD: Final = r"^[0-9A-Za-z][0-9A-Za-z._:/-]*" + END
TYPE: Final = r"^[a-z][a-z0-9_]*" + END
ROLE: Final = "^[a-z][0-9a-z_-]*" + END
RULE: Final = r"^[a-z0-9]+(?:-[a-z0-9]+)*" + END
STREAM: Final = r"^[0-9A-Za-z._-]+" + END
EMAIL: Final = "^[!-?A-~]+@[!-?A-~]+" + END
URL: Final = r"^https?://[!-~]+" + END
SERVER: Final = r"^https?://[^\s?#@]+" + END
DOMAIN: Final = r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]" + END
VISIBLE: Final = "^[!-~]+" + END
VISIBLE_WORDS: Final = "^[!-~]+( [!-~]+)*" + END
PRINTABLE: Final = "^[ -~]*" + END
SMALL: Final = "^[a-z_]+" + END
BASE64: Final = r"^[A-Za-z0-9+/=\s]*" + END
CURSOR: Final = "^[A-Za-z0-9_-]+" + END
CHALLENGE: Final = "^[0-9A-Za-z_-]{43}" + END
SOURCE: Final = r"^src_[0-9A-Za-z]{43}" + END
READER: Final = r"^[a-z0-9_-]+/[0-9]+" + END
ACTION: Final = r"^[a-z_]+(\.[a-z_]+|\.\*)?" + END
HEAD: Final = r"^[1-9][0-9]{0,17}:[0-9a-f]{64}" + END
PACK: Final = r"^(last|[0-9a-f]{12}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})" + END

JSON_STEP: Final = r"\.[A-Za-z_][\w-]*|\['[^'\\\x00-\x1f]+'\]|\[-?\d{1,6}\]"
JSON_PATH: Final = rf"^\$(?:{JSON_STEP})*" + END
JSON_PATHS: Final = rf"^\$(?:{JSON_STEP}|\[\*\])*" + END

WORDS: Final = MappingProxyType(
    {
        WORD: "a word of letters, digits and . _ : / -, like release/2026",
        TYPE: "a word of small letters, digits and _, beginning with a letter, like decision or release_note",
        ROLE: "a name of small letters, digits, - and _, beginning with a letter, like release-manager",
        RULE: "a name of small letters, digits and single hyphens, like customer-number",
        STREAM: "a name of letters, digits and . _ -",
        EMAIL: "an email address, like ada@example.com",
        URL: "an address that begins with https:// or http://, like https://example.com/hooks",
        SERVER: "an address of a server, like https://contextfs.example.com",
        DOMAIN: "a domain, like example.com",
        VISIBLE: "letters, digits and signs of ASCII, without spaces",
        VISIBLE_WORDS: "letters, digits and signs of ASCII, with single spaces between",
        PRINTABLE: "letters, digits, signs and spaces of ASCII",
        SMALL: "a word of small letters and _",
        BASE64: "base64",
        CURSOR: "a cursor, as `next_cursor` of the page before gives it",
        CHALLENGE: "SHA-256 in base64url: 43 letters, digits, - and _",
        SOURCE: "the address of a source: src_ and 43 letters and digits",
        READER: "a reader and its version, like claude-code/2",
        ACTION: "an action, like memory.created, or memory.* for all of a kind",
        HEAD: "a position and a hash, as `head` of the audit log was told before",
        PACK: "the id of a pack, its last 12 digits, or last",
        JSON_PATH: "a path to one thing in JSON, like $.choices[0].message",
        JSON_PATHS: "a path in JSON, like $.messages[*].text",
    }
)
"""What stands where a text has the form, in the sentence that refuses another one: Expected an email address, …"""
