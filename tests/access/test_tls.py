"""TLS as `sla serve` speaks it: 1.2 and 1.3, with forward secrecy and authenticated ciphers only."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sla.app import App
from sla.serving import CIPHERS, served_with
from sla.settings import Settings
from tests.browser.cast import serving

CERTIFICATE = Path(__file__).parents[1] / "notifiers" / "tls" / "hook.test.pem"  # and its key


@pytest.fixture(scope="module")
def port(app: App) -> Iterator[int]:
    settings = Settings(tls_certificate=str(CERTIFICATE), tls_key=str(CERTIFICATE))
    with serving(app, **{**served_with(settings), "log_level": "critical"}) as base:
        yield urlsplit(base).port or 0


def spoken(port: int, version: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0") -> str:
    """The cipher that is agreed on with a client that speaks just this. Raises ssl.SSLError, ConnectionError."""
    return agreed(port, client(version, ciphers))


def client(version: ssl.TLSVersion, ciphers: str) -> ssl.SSLContext:
    """One that speaks just this; it is an error of the test's if it cannot."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers(ciphers)
    context.minimum_version = context.maximum_version = version
    return context


def agreed(port: int, context: ssl.SSLContext) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as plain, context.wrap_socket(plain) as tls:
        cipher = tls.cipher()
        assert cipher
        return cipher[0]


def test_the_two_versions_that_are_recommended_are_spoken(port: int) -> None:
    assert spoken(port, ssl.TLSVersion.TLSv1_3).startswith("TLS_")
    assert "GCM" in spoken(port, ssl.TLSVersion.TLSv1_2)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_older_ones_are_not(port: int, version: ssl.TLSVersion) -> None:
    context = client(version, "ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        agreed(port, context)


@pytest.mark.parametrize("cipher", ["ECDHE-ECDSA-AES256-SHA", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA384"])
def test_a_cipher_without_authentication_is_not(port: int, cipher: str) -> None:
    context = client(ssl.TLSVersion.TLSv1_2, f"{cipher}:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        agreed(port, context)


def test_all_of_them_have_forward_secrecy() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(CIPHERS)
    old = [cipher for cipher in context.get_ciphers() if cipher["protocol"] == "TLSv1.2"]
    assert old and all(cipher["kea"] == "kx-ecdhe" and cipher["aead"] for cipher in old)
