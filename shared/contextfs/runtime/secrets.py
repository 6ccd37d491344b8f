"""Settings by reference: where a variable names a secret in a store, its text is read there, and again when it is old.

`file:/run/secrets/pepper`, `gcp-secret:projects/…/secrets/…` and `aws-secret:NAME` stand for a text in any CONTEXTFS_
variable, and so do `gcp-kms:KEY:CIPHERTEXT` and `aws-kms:KEY:CIPHERTEXT`, which a key of KMS opens. So neither the
environment nor what starts the program holds the text.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from contextfs.kit.clock import system_clock
from contextfs.kit.errors import ContextFSError, Invalid, Unavailable
from contextfs.kit.ports import Secrets
from contextfs.kit.settings import PREFIX

OLD = 60.0
"""Seconds after which a text is read again: so long may a new connection log in by a password that was changed."""
PATIENCE = 1.0
"""Seconds that a new connection waits for a text that is being read again, before it takes the one that is known."""
_STORES = ("file", "gcp-secret", "aws-secret", "gcp-kms", "aws-kms")
_log = logging.getLogger(__name__)


def resolved(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Give the environment with texts in the place of references.

    Invalid names the variable whose secret is not there or may not be read; Unavailable tells that a store is away.
    """
    named = {variable: value for variable, value in environment.items() if is_reference(variable, value)}
    if not named:
        return environment
    stores = _Stores(environment)
    try:
        return {**environment, **{variable: stores.read(variable, value) for variable, value in named.items()}}
    finally:
        stores.close()


def is_reference(variable: str, value: str) -> bool:
    """Tell whether a variable of ours names a secret in a store."""
    return variable.startswith(PREFIX) and value.partition(":")[0] in _STORES


class Kept:
    """The texts of a process's references. One that is old is read again, aside, by one thread at a time.

    Whoever finds it old waits a moment for that, and nobody else does. While its store is away, or gives a text that
    `check` refuses by Invalid, the one that is known stays.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        monotonic: Callable[[], float] = time.monotonic,
        *,
        check: Callable[[str], object] = str,
    ) -> None:
        self._environment = environment
        self._monotonic = monotonic
        self._check = check
        self._lock = threading.Lock()
        self._begun = monotonic()
        self._known: dict[str, tuple[float, str]] = {}
        self._reading: set[str] = set()

    def names(self, variable: str) -> bool:
        """Tell whether a variable names a secret."""
        return is_reference(variable, self._environment.get(variable, ""))

    def text(self, variable: str, before: str) -> str:
        """Give the text that a variable names now; `before` is what the process began with."""
        with self._lock:
            since, known = self._known.setdefault(variable, (self._begun, before))
            if variable in self._reading or self._monotonic() - since < OLD:
                return known
            reader = threading.Thread(target=self._read, args=[variable], name=f"reads {variable}", daemon=True)
            reader.start()
            self._reading.add(variable)
        reader.join(PATIENCE)
        return self._known[variable][1]

    def _read(self, variable: str) -> None:
        text = self._anew(variable)
        with self._lock:
            known = self._known[variable][1]
            self._known[variable] = (self._monotonic(), known if text is None else text)
            self._reading.remove(variable)

    def _anew(self, variable: str) -> str | None:
        """Give the text that the store has, None where it has none that is of use: a thread has nobody to tell."""
        try:
            text = resolved({variable: self._environment[variable], **self._unnamed()})[variable]
            self._check(text)
        except ContextFSError as error:
            _log.warning("a secret was not read again", extra={"setting": variable, "detail": error.detail})
        except Exception:  # noqa: BLE001 - nobody is there to take it, and the next one shall try again
            _log.exception("a secret was not read again", extra={"setting": variable})
        else:
            return text
        return None

    def _unnamed(self) -> dict[str, str]:
        return {name: value for name, value in self._environment.items() if not is_reference(name, value)}


class _Stores:
    """The stores that references name, each opened when it is first asked. A cloud's SDK is loaded there."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._opened: dict[str, Secrets] = {}

    def read(self, variable: str, reference: str) -> str:
        """Give the text that a reference names."""
        scheme, _, name = reference.partition(":")
        try:
            if scheme not in self._opened:
                self._opened[scheme] = _open(scheme, self._environment)
            return self._opened[scheme].read(name)
        except ModuleNotFoundError as error:
            cure = f"pip install 'contextfs-platform[{scheme.partition('-')[0]}]'"
            raise Invalid(f"Setting {variable} needs the package {error.name}: {cure}.") from error
        except Unavailable as error:
            raise Unavailable(f"Setting {variable}: {error.detail}.") from error
        except ContextFSError as error:
            raise Invalid(f"Setting {variable}: {error.detail}.") from error

    def close(self) -> None:
        """Give all connections back."""
        for store in self._opened.values():
            store.close()


def _open(scheme: str, environment: Mapping[str, str]) -> Secrets:
    if scheme == "file":
        from contextfs.adapters.clouds.local.secrets import FileSecrets  # noqa: PLC0415 - only where one is named

        return FileSecrets()
    if scheme == "gcp-secret":
        from contextfs.adapters.clouds.gcp.secrets import SecretManager  # noqa: PLC0415 - a heavy SDK

        return SecretManager()
    if scheme == "gcp-kms":
        from contextfs.adapters.clouds.gcp.keys import CloudKms  # noqa: PLC0415 - as above

        return CloudKms()
    region = environment.get("AWS_REGION") or environment.get("CONTEXTFS_REGION")
    if scheme == "aws-kms":
        from contextfs.adapters.clouds.aws.keys import AwsKms  # noqa: PLC0415 - as above

        return AwsKms(region=region)
    from contextfs.adapters.clouds.aws import secrets_at_start, signing  # noqa: PLC0415 - only where one is named

    signer = signing.by_variables(environment, secrets_at_start.SERVICE)
    if signer is not None:
        return secrets_at_start.SecretsAtStart(signer, environment, system_clock)
    from contextfs.adapters.clouds.aws.secrets import SecretsManager  # noqa: PLC0415 - a heavy SDK

    return SecretsManager(region=region)
