"""What the environment says, read once: SLA_DATABASE_URL, SLA_HOST, SLA_PORT, SLA_LANGUAGE, SLA_ALLOWED_HOSTS, …"""

from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from notifiers.proxy import Proxy, ProxyError, proxy_at


class Settings(BaseSettings):
    """Frozen settings of the process. Raises pydantic's ValidationError, which names the variable.

    `office` is the one a command means; `only_office` the only one whose work this node does, "" for all of them.
    `tls_certificate` and `tls_key` are files; `plain_http` says that whatever is between reader and pages is trusted.
    `public_only`: what is served is the applicants' look-up and nothing else.
    `trusted_proxies` are the addresses whose word is taken for who asks, and whether by https.
    `oidc_issuer` and its companions are the office's identity provider, see sla/access/oidc.py.
    `http_proxy` is what channels over HTTP go through, but to `direct_hosts`.
    """

    model_config = SettingsConfigDict(env_prefix="SLA_", frozen=True, hide_input_in_errors=True)

    database_url: str = Field(default="sqlite:///shixian.db", repr=False)  # it may hold a password
    office: str = ""
    only_office: str = ""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65_535)
    tls_certificate: str = ""
    tls_key: str = ""
    plain_http: bool = False
    public_only: bool = False
    trusted_proxies: Annotated[frozenset[str], NoDecode] = frozenset()
    language: str = Field(default="", pattern="^(zh|en|)$")
    allowed_hosts: Annotated[frozenset[str], NoDecode] = frozenset()
    http_proxy: SecretStr = SecretStr("")
    http_proxy_resolves: bool = False
    direct_hosts: Annotated[frozenset[str], NoDecode] = frozenset()
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_redirect: str = ""
    oidc_office: str = ""
    oidc_claim: str = "preferred_username"
    oidc_name: str = ""
    log_format: str = Field(default="text", pattern="^(text|json)$")
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")

    @field_validator("allowed_hosts", "direct_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """`SLA_ALLOWED_HOSTS=robot.office.local,10.0.0.5`: private hosts that webhooks may lead to; so too proxies."""
        return frozenset(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("http_proxy")
    @classmethod
    def _is_proxy(cls, value: SecretStr) -> SecretStr:
        """`SLA_HTTP_PROXY=http://user:password@proxy.office.example:3128`"""
        try:
            if value.get_secret_value():
                proxy_at(value.get_secret_value())
        except ProxyError as error:
            raise PydanticCustomError("proxy", "{why}", {"why": str(error)}) from None
        return value

    @property
    def proxy(self) -> Proxy | None:
        address = self.http_proxy.get_secret_value()
        return proxy_at(address, self.direct_hosts, resolves=self.http_proxy_resolves) if address else None
