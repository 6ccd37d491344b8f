"""The Secrets port over files: what Docker, Kubernetes, systemd or a person lays beside a program."""

from pathlib import Path

from contextfs.kit.errors import NotFound


class FileSecrets:
    """Reads one file a secret, by its absolute path. It does not look at who else may read the file."""

    def read(self, name: str) -> str:
        """Give the text of a file, without the end of its line."""
        try:
            return Path(name).read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
        except OSError as error:
            raise NotFound(f"the file {name} cannot be read: {error.strerror}") from None
        except ValueError:
            raise NotFound(f"the file {name} is not text in UTF-8") from None

    def close(self) -> None:
        """Nothing is open."""
