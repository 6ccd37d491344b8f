"""Which languages a setting names."""

import pytest

from contextfs.kit.errors import Invalid
from contextfs.kit.languages import ENGLISH, NAMES, chosen


def test_settings_that_mean_the_same_are_equal() -> None:
    assert chosen(["ru", "de", " DE ", "en", ""]) == chosen(["de", "ru"]) == ("de", "ru")
    assert chosen(["en"]) == chosen([]) == ENGLISH


@pytest.mark.parametrize("code", ["xx", "german", "deu", "zh"])
def test_an_unknown_code_is_refused_in_a_line_with_all_that_are_known(code: str) -> None:
    with pytest.raises(Invalid) as refused:
        chosen(["de", code])

    assert repr(code) in refused.value.detail
    assert all(known in refused.value.detail for known in NAMES)
    assert "\n" not in refused.value.detail
