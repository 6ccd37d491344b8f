"""Bodies that travel packed: nothing is lost, nothing unpacks without a limit, nobody gets what they cannot read."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.kit.errors import BadInput, TooLarge, UnsupportedMedia
from contextfs.runtime.http.message import HttpRequest, HttpResponse
from contextfs.runtime.http.packing import LEAST_BYTES, packed, unpacked

LIMIT = 1 << 20


def request(body: bytes = b"", **headers: str) -> HttpRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpRequest(method="POST", path="/", headers=named, body=body)


def response(body: bytes = b"x" * LEAST_BYTES) -> HttpResponse:
    return HttpResponse(status=200, headers={"etag": '"1"'}, body=body)


@given(body=st.binary(max_size=5000))
def test_what_was_packed_is_unpacked(body: bytes) -> None:
    assert unpacked(request(gzip.compress(body), content_encoding="gzip"), LIMIT).body == body


@given(body=st.binary(max_size=5000))
def test_what_is_packed_can_be_unpacked(body: bytes) -> None:
    answered = packed(response(body + b"x" * LEAST_BYTES), request(accept_encoding="br, gzip;q=0.5"))

    assert gzip.decompress(answered.body) == body + b"x" * LEAST_BYTES
    assert answered.headers["content-encoding"] == "gzip"
    assert answered.headers["etag"] == '"1"'


@pytest.mark.parametrize("over", [0, 1])
def test_a_body_unpacks_to_its_limit_and_no_further(over: int) -> None:
    sent = request(gzip.compress(b" " * (LIMIT + over)), content_encoding="gzip")

    if over:
        with pytest.raises(TooLarge):
            unpacked(sent, LIMIT)
    else:
        assert len(unpacked(sent, LIMIT).body) == LIMIT


@given(data=st.data(), body=st.binary(min_size=1, max_size=200))
def test_what_is_cut_off_is_refused(data: st.DataObject, body: bytes) -> None:
    whole = gzip.compress(body)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]

    with pytest.raises(BadInput):
        unpacked(request(cut, content_encoding="gzip"), LIMIT)


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_another_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(UnsupportedMedia):
        unpacked(request(b"{}", content_encoding=encoding), LIMIT)


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
def test_a_body_that_is_not_packed_stays(encoding: str) -> None:
    sent = request(b"{}", content_encoding=encoding)

    assert unpacked(sent, LIMIT) is sent


@pytest.mark.parametrize("accepted", ["gzip", "GZIP", "*", "br;q=1.0, gzip;q=0.1", "identity;q=0.5, *;q=0.1"])
def test_who_reads_gzip_gets_it(accepted: str) -> None:
    assert packed(response(), request(accept_encoding=accepted)).headers["vary"] == "accept-encoding"


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip;q=0, *", "*;q=0", "gzip;q=lots", "identity"])
def test_who_does_not_gets_it_as_it_is(accepted: str) -> None:
    answer = response()

    assert packed(answer, request(accept_encoding=accepted)) is answer


def test_what_is_small_goes_as_it_is() -> None:
    answer = response(b"x" * (LEAST_BYTES - 1))

    assert packed(answer, request(accept_encoding="gzip")) is answer
