"""For how long a destination is left alone."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.audit.streams import pause


@given(st.integers(min_value=0, max_value=10**9))
def test_it_is_longer_each_time_and_never_more_than_an_hour(failures: int) -> None:
    assert timedelta(seconds=30) <= pause(failures) <= pause(failures + 1) <= timedelta(hours=1)
