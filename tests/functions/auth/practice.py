"""The certified OpenID provider of `make provider` to practise with, on this machine: docs/guides/sso.md uses it.

`python -m tests.functions.auth.practice REDIRECT_ADDRESS RECORD` takes the redirect address that `ctx admin sso`
prints, and the TXT record that proves the domain of its people, acme.example: it is that domain's DNS server, too.
"""

import subprocess
import sys
from pathlib import Path

from tests.functions.sso.nameserver import Dns

HTTP, DNS = 8602, 8601
DOMAIN = "acme.example"


def main(redirect: str, record: str) -> None:
    """Listen until somebody ends it."""
    Dns(DNS).records[DOMAIN] = [record]
    root = Path(__file__).parents[3]
    script, folder = root / "tests/functions/auth/certified.mjs", root / ".venv/provider"
    if not folder.is_dir():
        sys.exit("There is no provider yet: `make provider` gets it.")
    with subprocess.Popen(["node", script, folder, str(HTTP), redirect], stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        for line in running.stdout:  # it goes on to tell, and has to be listened to
            if b"listening" in line:
                told = f"The provider is http://127.0.0.1:{HTTP}, its client contextfs, the secret: s3cret + more\n"
                sys.stdout.write(told)
                sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:3])
