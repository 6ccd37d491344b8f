"""PUT /v1/admin/audit-logs/stream: where it may be sent to, what is kept of a stream that is changed, and TLS."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conftest import Tenant
from tests.functions.asking import told
from tests.functions.audit_stream.conftest import PATH, Carry, act, sealed, stream_to
from tests.functions.audit_stream.receiver import Receiver
from tests.functions.conftest import Rows

INSIDE = [
    *("http://127.0.0.1:9/", "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/", "https://192.168.0.1/"),
    *("https://169.254.169.254/latest/", "https://localhost/", "https://0x7f000001/", "http://8.8.8.8/"),
    *("https://user:password@8.8.8.8/", "https://[::ffff:10.0.0.1]/"),
]


@pytest.mark.parametrize("url", INSIDE)
def test_this_servers_own_network_is_not_sent_to(url: str, tenant: Tenant, rows: Rows) -> None:
    reply = tenant.call("PUT", PATH, {"url": url})

    assert reply.status_code == 422
    assert "is not asked" in told(reply)["detail"]
    assert rows.of("audit_streams", tenant) == []


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "https://10.0.0.1/", "http://[::1]/"])
def test_a_setting_opens_the_networks_that_it_names_and_no_other(url: str, owner: Tenant) -> None:
    assert owner.call("PUT", PATH, {"url": url}).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"url": "ftp://siem.example/"},
        {"url": "https://siem.example/\r\nx: y"},
        {"url": ""},
        {"url": "https://siem.example/", "format": "cef"},
        {"url": "https://siem.example/", "authorization": "a\r\nb: c"},
        {"url": "https://siem.example/", "secret": "mine"},
        {},
    ],
)
def test_what_is_no_stream_is_refused(body: dict[str, str], tenant: Tenant, rows: Rows) -> None:
    assert tenant.call("PUT", PATH, body).status_code == 422
    assert rows.of("audit_streams", tenant) == []


def test_an_address_that_came_to_lead_inside_later_is_not_sent_to(
    owner: Tenant, receiver: Receiver, carry: Carry, rows: Rows
) -> None:
    """The DNS is asked whenever something is sent; what it says now counts."""
    stream_to(owner, receiver)
    rows.connection.execute(
        "update contextfs.audit_streams set url = 'http://10.0.0.1:8080/' where org_id = %s", [owner.org_id]
    )
    carry()
    shown = owner.call("GET", PATH).json()

    assert shown["state"] == "failing"
    assert "is not asked" in shown["last_error"]


def test_a_change_keeps_the_secret_and_how_far_it_has_come(
    owner: Tenant, receiver: Receiver, carry: Carry, rows: Rows
) -> None:
    other = Receiver()
    secret = stream_to(owner, receiver, authorization="Splunk one")["secret"]
    act(owner, 1)
    carry()
    changed = stream_to(owner, other, format="ocsf")
    act(owner, 1)
    carry()
    other.close()

    assert secret.startswith("whsec_")
    assert changed["secret"] == ""
    assert receiver.messages[0].headers["authorization"] == "Splunk one"
    assert "authorization" not in other.messages[0].headers, "what was for the one is not told to the other"
    assert other.messages[0].is_signed_by(secret)
    assert [event["metadata"]["sequence"] for event in other.events] == [3, 4] == sealed(rows, owner)[2:]


def test_secrets_are_sealed_in_the_database_and_told_once(owner: Tenant, receiver: Receiver, rows: Rows) -> None:
    body = {"url": receiver.url, "authorization": "Splunk s3cret"}
    made = owner.call("PUT", PATH, body, idempotency_key="once")
    again = owner.call("PUT", PATH, body, idempotency_key="once")
    kept = (
        str(rows.of("audit_streams", owner))
        + str(rows.of("audit_log", owner))
        + str(rows.of("idempotency_keys", owner))
    )

    assert again.json()["secret"] == ""
    assert made.json()["secret"] not in kept
    assert "s3cret" not in kept


def test_a_certificate_that_nobody_vouches_for_is_refused(
    owner: Tenant, carry: Carry, tmp_path: Path, rows: Rows
) -> None:
    receiver = Receiver(tls=self_signed(tmp_path))
    stream_to(owner, receiver)
    carry()
    shown = owner.call("GET", PATH).json()
    receiver.close()

    assert receiver.messages == []
    assert (shown["state"], shown["behind"]) == ("failing", len(rows.of("audit_log", owner)))
    assert "does not answer (ConnectError)" in shown["last_error"]


def test_it_takes_the_right_to_write_of_the_log(
    owner: Tenant, receiver: Receiver, key_with: Callable[..., Tenant]
) -> None:
    lesser = [
        key_with(owner, role="member"),
        key_with(owner, permissions=["audit:read"]),
        key_with(owner, role="owner", project_id=str(owner.project_id)),
    ]

    assert [one.call("PUT", PATH, {"url": receiver.url}).status_code for one in lesser] == [403, 403, 403]
    assert key_with(owner, permissions=["audit:*"]).call("PUT", PATH, {"url": receiver.url}).status_code == 200


def self_signed(folder: Path) -> ssl.SSLContext:
    """Make a certificate of this machine's address that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "self-signed.pem"
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
