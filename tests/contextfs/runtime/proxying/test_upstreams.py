"""Which models may be asked, and that no path leads anywhere else."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.kit.errors import BadInput, Invalid, NotFound
from contextfs.kit.settings import from_environment
from contextfs.runtime.proxying.upstreams import address, read

MODELS = {"openai": "https://api.openai.com", "mine": "https://models.example.com/base"}
NEEDED = {"CONTEXTFS_DATABASE_URL": "x", "CONTEXTFS_KEY_PEPPER": "p" * 32, "CONTEXTFS_REDACTION_KEY": "r" * 32}


def test_a_setting_names_models_and_none_names_none() -> None:
    assert MODELS == read("openai=https://api.openai.com,mine=https://models.example.com/base/")
    assert {} == read("none")
    assert {"openai", "anthropic"} == read(from_environment(NEEDED).upstreams).keys()


@pytest.mark.parametrize("text", ["a=https://u:p@host", "a=https://:0", "a=https://host:0", "a=https://host:99999999"])
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(Invalid, match=r"^Setting CONTEXTFS_UPSTREAMS: a has no address"):
        read(text)


@pytest.mark.parametrize("text", ["openai", "a=ftp://x", "a=https://x?y", "A=https://x", "a=https://x,"])
def test_what_is_no_list_of_models_is_told(text: str) -> None:
    with pytest.raises(Invalid, match="CONTEXTFS_UPSTREAMS"):
        from_environment(NEEDED | {"CONTEXTFS_UPSTREAMS": text})


@given(st.text(st.sampled_from("./%2eEfF5c\\@:?#a"), max_size=24))
def test_no_path_leaves_its_upstream(path: str) -> None:
    try:
        made = urlsplit(address(MODELS, "mine", path, ""))
    except BadInput:
        return

    assert ("https", "models.example.com", True) == (made.scheme, made.netloc, made.path.startswith("/base/"))


def test_what_is_not_named_is_not_found() -> None:
    with pytest.raises(NotFound, match="openai, mine"):
        address(MODELS, "elsewhere", "v1/models", "")
