"""The kinds of channel: what an office file says of each, how each is built, and how much it takes."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

from notifiers.channel import Channel, ChannelFactory, ChannelSettingsError
from notifiers.channels import aliyun, apprise, dingtalk, email, feishu, log, sms, tencent, webhook, wecom
from notifiers.endpoints import Endpoint
from notifiers.guard import Guard
from notifiers.quota import Quota, Rate
from notifiers.short_texts import Template

Values = Mapping[str, str]
MOST_CHARACTERS = 1_000  # of what may be set as the most
MOST_A_MINUTE = 100_000
MINUTE = timedelta(minutes=1)
SPREAD = timedelta(minutes=5)
EVERY_KIND = ("per_minute",)  # settings of all of them
STAND_INS = {"url": "json://localhost/"}  # for secrets, while a file is checked on a machine that need not have them
NOTHING: Values = {}
STAND_IN = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="


@dataclass(frozen=True)
class Kind:
    """What a kind of channel is built from.

    `needed` and `optional` are settings, `tables` those of them that are no plain texts (kept as JSON). `secrets` are
    those without which there is no channel, each with why; `more_secrets` those that may be. `per_minute`: how many
    messages the other side takes, None for any number, and `per_second`; `spread`: it is not to be called by everybody
    at the full and half hour. Source: CHANNELS.md.
    """

    build: Callable[[Values, Values, Guard], Channel]
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    secrets: Values = field(default_factory=dict)
    more_secrets: tuple[str, ...] = ()
    per_minute: int | None = None
    per_second: int | None = None
    spread: bool = False

    @property
    def settings(self) -> list[str]:
        return sorted((*self.needed, *self.optional, *EVERY_KIND))

    @property
    def all_secrets(self) -> list[str]:
        return sorted((*self.secrets, *self.more_secrets))


def factories(guard: Guard) -> Mapping[str, ChannelFactory]:
    """How each kind is built from settings and secrets; all of them call through `guard`."""
    return {name: partial(_built, kind, guard) for name, kind in KINDS.items()}


def _built(kind: Kind, guard: Guard, settings: Values, secrets: Values) -> Channel:
    return kind.build(settings, secrets, guard)


def quota_of(endpoint: Endpoint) -> Quota:
    """How much an endpoint takes: what its kind does, or a minute what its setting `per_minute` says.

    Where sends are spread, each endpoint begins up to 5 minutes after the hour and half hour, by a hash of what it is.
    """
    kind = KINDS[endpoint.kind]
    a_minute = int(endpoint.settings.get("per_minute", kind.per_minute or 0))
    limits = ((a_minute, MINUTE), (kind.per_second, timedelta(seconds=1)))
    rates = tuple(Rate(most, within) for most, within in limits if most)
    return Quota(rates, _after_the_hour(endpoint) if kind.spread else timedelta(0))


def _after_the_hour(endpoint: Endpoint) -> timedelta:
    digest = hashlib.sha256(f"{endpoint.office_id}/{endpoint.name}".encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:8]) % int(SPREAD.total_seconds()))


def read(kind: str, entry: Mapping[str, Any], sealed: Values = NOTHING) -> tuple[Values, Values]:
    """A channel's settings, and the environment variable of each of its secrets, as an office file's table says them.

    `sealed`: the secrets that are stored, or about to be. Raises ChannelSettingsError with the field as it stands in
    the file, for a kind that cannot be built from them too; its text holds no secret.
    """
    known = KINDS[kind]
    secrets = {name.removesuffix("_env"): str(value) for name, value in entry.items() if name.endswith("_env")}
    settings = {
        name: _text(known, name, value) for name, value in entry.items() if name != "kind" and not name.endswith("_env")
    }
    _all_known(kind, known, settings, {**secrets, **sealed})
    for name in known.needed:
        if not settings.get(name):
            raise ChannelSettingsError(name, "is missing")
    for name, why in known.secrets.items():
        if name not in secrets and name not in sealed:
            raise ChannelSettingsError(
                f"{name}_env", 'is missing: %(why)s; write %(name)s_env = "SLA_..."', why=why, name=name
            )
    _number(settings, "per_minute", 1, MOST_A_MINUTE, 1)
    with Guard() as guard:
        known.build(settings, {**{name: STAND_INS.get(name, STAND_IN) for name in secrets}, **sealed}, guard)
    return settings, secrets


def _text(kind: Kind, name: str, value: Any) -> str:
    if name in kind.tables:
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (dict, list)):
        raise ChannelSettingsError(name, "must be a text")
    return str(value)


def _all_known(name: str, kind: Kind, settings: Values, secrets: Values) -> None:
    for setting in settings:
        if setting in kind.all_secrets:
            raise ChannelSettingsError(
                setting,
                'is a secret: put it in the environment and write %(name)s_env = "SLA_..." here',
                name=setting,
            )
        if setting not in kind.settings:
            raise ChannelSettingsError(
                setting, "is unknown for %(name)s; known are: %(known)s", name=name, known=list(kind.settings)
            )
    for secret in secrets:
        if secret not in kind.all_secrets:
            raise ChannelSettingsError(
                f"{secret}_env",
                "is unknown for %(name)s; secrets are: %(known)s",
                name=name,
                known=list(kind.all_secrets),
            )


# --- each kind -------------------------------------------------------------------------------------------------------
def _log(settings: Values, secrets: Values, guard: Guard) -> Channel:  # noqa: ARG001 - it has neither, and calls nobody
    return log.LogChannel()


def _webhook(settings: Values, secrets: Values, guard: Guard) -> Channel:
    signing = [secrets[name] for name in ("secret", "previous_secret") if name in secrets]
    return webhook.WebhookChannel(_url(settings), signing, guard)


def _email(settings: Values, secrets: Values, guard: Guard) -> Channel:  # noqa: ARG001 - SMTP is not HTTP
    port = settings.get("port", "25")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise ChannelSettingsError("port", "%(port)r is no port; write 587", port=port)
    security = cast(email.Security, settings.get("security", "starttls"))
    username, password = settings.get("username"), secrets.get("password")
    return email.EmailChannel(settings["host"], int(port), settings["sender"], security, username, password)


def _wecom(settings: Values, secrets: Values, guard: Guard) -> Channel:
    return wecom.WeComChannel(_key("key", secrets), guard, _url(settings, wecom.URL))


def _dingtalk(settings: Values, secrets: Values, guard: Guard) -> Channel:
    url = _url(settings, dingtalk.URL)
    return dingtalk.DingTalkChannel(_key("token", secrets), secrets.get("secret"), guard, url)


def _feishu(settings: Values, secrets: Values, guard: Guard) -> Channel:
    return feishu.FeishuChannel(_key("token", secrets), secrets.get("secret"), guard, _url(settings, feishu.URL))


def _sms(settings: Values, secrets: Values, guard: Guard) -> Channel:
    gateway = sms.Gateway(
        url=_url(settings),
        fields=_table(settings, "fields", dict) if "fields" in settings else sms.FIELDS,
        form=cast(sms.Format, settings.get("format", "json")),
        success=settings.get("success", ""),
        final=frozenset(map(str, _table(settings, "final", list) if "final" in settings else ())),
        most_characters=_most(settings, sms.MOST_CHARACTERS),
    )
    return sms.SmsChannel(gateway, guard, token=secrets.get("token", ""), password=secrets.get("password", ""))


def _aliyun(settings: Values, secrets: Values, guard: Guard) -> Channel:
    params, most = _table(settings, "params", dict), _most(settings, aliyun.MOST_CHARACTERS)
    template = Template(settings["sign_name"], settings["template"], _texts("params", params, params.values()), most)
    key = (secrets["access_key_id"], secrets["access_key_secret"])
    return aliyun.AliyunSmsChannel(key, template, guard, url=_url(settings, aliyun.URL))


def _tencent(settings: Values, secrets: Values, guard: Guard) -> Channel:
    params, most = _table(settings, "params", list), _most(settings, tencent.MOST_CHARACTERS)
    template = Template(settings["sign_name"], settings["template"], _texts("params", params, params), most)
    return tencent.TencentSmsChannel(
        (secrets["secret_id"], secrets["secret_key"]),
        settings["app_id"],
        template,
        guard,
        region=settings.get("region", tencent.REGION),
        url=_url(settings, tencent.URL),
    )


def _apprise(settings: Values, secrets: Values, guard: Guard) -> Channel:  # noqa: ARG001 - Apprise calls by itself
    return apprise.AppriseChannel(secrets["url"])


KINDS: Mapping[str, Kind] = {
    "log": Kind(_log),
    "webhook": Kind(
        _webhook,
        needed=("url",),
        secrets={"secret": "messages are signed"},
        more_secrets=("previous_secret",),
    ),
    "email": Kind(
        _email,
        needed=("host", "sender"),
        optional=("port", "security", "username"),
        more_secrets=("password",),
    ),
    "wecom": Kind(
        _wecom,
        optional=("url",),
        secrets={"key": "it is what stands after key= in the robot's address"},
        per_minute=20,
    ),
    "dingtalk": Kind(
        _dingtalk,
        optional=("url",),
        secrets={"token": "it is what stands after access_token= in the robot's address"},
        more_secrets=("secret",),
        per_minute=20,
    ),
    "feishu": Kind(
        _feishu,
        optional=("url",),
        secrets={"token": "it is what stands after hook/ in the robot's address"},
        more_secrets=("secret",),
        per_minute=100,
        per_second=5,
        spread=True,
    ),
    "sms": Kind(
        _sms,
        needed=("url",),
        optional=("format", "fields", "success", "final", "most_characters"),
        tables=("fields", "final"),
        more_secrets=("token", "password"),
    ),
    "aliyun_sms": Kind(
        _aliyun,
        needed=("sign_name", "template", "params"),
        optional=("url", "most_characters"),
        tables=("params",),
        secrets={"access_key_id": "calls are signed", "access_key_secret": "calls are signed"},
    ),
    "tencent_sms": Kind(
        _tencent,
        needed=("app_id", "sign_name", "template", "params"),
        optional=("region", "url", "most_characters"),
        tables=("params",),
        secrets={"secret_id": "calls are signed", "secret_key": "calls are signed"},
    ),
    "apprise": Kind(_apprise, secrets={"url": "an Apprise address holds the keys"}),
}


# --- single settings -------------------------------------------------------------------------------------------------
def _url(settings: Values, usual: str = "") -> str:
    url = settings.get("url", usual)
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("https", "http") and parts.hostname
    except ValueError:
        fits = None
    if not fits:
        raise ChannelSettingsError("url", "must begin with https:// or http:// and name a host")
    return url


def _key(name: str, secrets: Values) -> str:
    """What stands in a robot's address, which is easily taken for the whole address."""
    if "/" in secrets[name]:
        raise ChannelSettingsError(name, "is an address; only its last part is wanted, after the = or the last /")
    return secrets[name]


def _most(settings: Values, usual: int) -> int:
    return _number(settings, "most_characters", 10, MOST_CHARACTERS, usual)


def _number(settings: Values, name: str, least: int, most: int, usual: int) -> int:
    text = settings.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ChannelSettingsError(
            name, "%(text)r must be a number from %(least)s to %(most)s", text=text, least=least, most=f"{most:,}"
        )
    return int(text)


def _table(settings: Values, name: str, form: type[Any]) -> Any:
    value = json.loads(settings[name])
    if not isinstance(value, form) or not value:
        if form is dict:
            raise ChannelSettingsError(name, 'must be a table such as { text = "{subject}" }')
        raise ChannelSettingsError(name, 'must be a list such as ["{subject}"]')
    return value


def _texts(name: str, value: Any, parts: Any) -> Any:
    if not all(isinstance(part, str) for part in parts):
        raise ChannelSettingsError(name, 'must hold texts, such as "{subject}"')
    return value
