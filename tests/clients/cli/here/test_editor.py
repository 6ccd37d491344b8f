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
        (r"'C:\Program Files\Vim\gvim.exe' -f", "win32", [r"C:\Program Files\Vim\gvim.exe", "-f"]),
        (r'code --user-data-dir="C:\a b" --wait', "win32", ["code", r"--user-data-dir=C:\a b", "--wait"]),
        (r'"C:\a b\"', "win32", ["C:\\a b\\"]),
        (r"C:\Users\O'Brien\vim.exe -n", "win32", [r"C:\Users\O'Brien\vim.exe", "-n"]),
        ("vi '' \"\" a#b", "win32", ["vi", "", "", "a#b"]),
    ],
)
def test_an_editor_is_called_by_its_words(editor: str, system: str, called: list[str]) -> None:
    assert called == words(editor, system)


@pytest.mark.parametrize(("editor", "system"), [("'vi", "linux"), ('"C:\\a b\\vi.exe', "win32")])
def test_a_quote_that_stays_open_is_an_error(editor: str, system: str) -> None:
    with pytest.raises(ValueError, match="quotation"):
        words(editor, system)
