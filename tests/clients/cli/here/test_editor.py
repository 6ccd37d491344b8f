"""How a person calls their editor is taken apart as their system does."""

import pytest

from clients.cli.here.editor import words


@pytest.mark.parametrize(
    ("editor", "system", "called"),
    [
        ("code --wait", "linux", ["code", "--wait"]),
        ("'/opt/my editor/vi' -n", "darwin", ["/opt/my editor/vi", "-n"]),
        (r"C:\Windows\notepad.exe", "win32", [r"C:\Windows\notepad.exe"]),
        (r'"C:\Program Files\Code\code.exe" --wait', "win32", [r"C:\Program Files\Code\code.exe", "--wait"]),
    ],
)
def test_an_editor_is_called_by_its_words(editor: str, system: str, called: list[str]) -> None:
    assert called == words(editor, system)


def test_a_quote_that_stays_open_is_an_error() -> None:
    with pytest.raises(ValueError, match="quotation"):
        words("'vi", "linux")
