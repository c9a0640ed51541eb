"""Where `sla serve` binds: to this machine alone until somebody signs in, and beyond it not in the clear."""

from pathlib import Path

import pytest

from sla.app import App, build
from sla.serving import BindError, check_bind
from sla.settings import Settings
from tests.access.cast import two_offices


def bound(app: App, **settings: object) -> None:
    other = build(Settings(database_url=app.settings.database_url, **settings))  # type: ignore[arg-type]  # as given
    try:
        check_bind(other)
    finally:
        other.close()


def test_without_a_password_this_machine_alone(tmp_path: Path) -> None:
    with two_offices(tmp_path, ()) as app:
        for host in ("127.0.0.1", "localhost", "::1"):
            bound(app, host=host)
        for more in ({}, {"plain_http": True}, {"trusted_proxies": "127.0.0.1"}):
            with pytest.raises(BindError, match="sla user add"):
                bound(app, host="0.0.0.0", **more)


def test_with_a_password_not_in_the_clear_unless_somebody_says_so(tmp_path: Path) -> None:
    files = {"tls_certificate": str(tmp_path / "c.pem"), "tls_key": str(tmp_path / "k.pem")}
    with two_offices(tmp_path, ("admin",)) as app:
        with pytest.raises(BindError, match="in the clear"):
            bound(app, host="0.0.0.0")
        with pytest.raises(BindError, match=r"SLA_TLS_CERTIFICATE: .*is not there"):
            bound(app, host="0.0.0.0", **files)
        for path in files.values():
            Path(path).touch()
        with pytest.raises(BindError, match="SLA_TLS_KEY: is needed"):
            bound(app, host="0.0.0.0", tls_certificate=files["tls_certificate"])
        for more in (files, {"plain_http": True}, {"trusted_proxies": "10.0.0.1"}):
            bound(app, host="0.0.0.0", **more)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"oidc_issuer": "http://id.office.example"}, "SLA_OIDC_CLIENT_ID: is needed"),
        ({"oidc_issuer": "http://id.office.example", "oidc_client_id": "x"}, "SLA_OIDC_ISSUER: must begin with https"),
    ],
)
def test_with_an_identity_provider_that_cannot_be_it_does_not_start(
    tmp_path: Path, more: dict[str, str], told: str
) -> None:
    with two_offices(tmp_path, ()) as app, pytest.raises(BindError, match=told):
        bound(app, **more)


def test_the_look_up_alone_needs_no_password_beyond_this_machine_but_not_in_the_clear(tmp_path: Path) -> None:
    with two_offices(tmp_path, ()) as app:
        bound(app, host="0.0.0.0", public_only=True, plain_http=True)
        with pytest.raises(BindError, match="in the clear"):
            bound(app, host="0.0.0.0", public_only=True)
