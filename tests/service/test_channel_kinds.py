"""What an office file says of its channels: each kind with its fields, checked before anything is written."""

import re
import tomllib
from datetime import timedelta
from importlib import import_module
from inspect import getmembers, isclass
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from notifiers import channels
from notifiers.channel import ChannelSettingsError
from notifiers.endpoints import Endpoint, open_channel
from notifiers.guard import Guard
from notifiers.quota import Quota, Rate
from sla.channels import KINDS, factories, quota_of, read
from sla.service.errors import ServiceError
from tests.notifiers.cast import OFFICE as OFFICE_ID
from tests.service.cast import OFFICE, Window

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # a plugin of Apprise's

DOCS = Path(__file__).parents[2] / "docs"
SECRET = "whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="


def examples() -> dict[str, dict[str, Any]]:
    """The channels of docs/channels.md, by name."""
    blocks = re.findall(r"```toml\n(.*?)```", (DOCS / "channels.md").read_text("utf-8"), re.DOTALL)
    found: dict[str, dict[str, Any]] = tomllib.loads("\n".join(blocks))["channels"]
    return found


def test_every_channel_that_is_there_can_be_named_in_an_office_file() -> None:
    modules = [import_module(f"{channels.__name__}.{module.name}") for module in iter_modules(channels.__path__)]
    kinds = {found.kind for module in modules for _, found in getmembers(module, isclass) if hasattr(found, "kind")
             and found.__module__ == module.__name__}  # fmt: skip
    assert kinds == set(KINDS)


def test_the_documents_show_each_kind_with_all_its_settings_and_secrets() -> None:
    shown: dict[str, set[str]] = {}
    for entry in examples().values():
        shown.setdefault(entry["kind"], set()).update(set(entry) - {"kind"})
    text = (DOCS / "channels.md").read_text("utf-8")
    for name, kind in KINDS.items():
        asked = {*kind.settings, *(f"{secret}_env" for secret in kind.all_secrets)}
        commented = {field for field in asked if f"# {field} = " in section(text, name)}
        assert asked == shown[name] | commented


def section(text: str, kind: str) -> str:
    return next(part for part in text.split("\n## ") if f'kind = "{kind}"' in part)


@pytest.mark.parametrize("name", sorted(examples()))
def test_each_example_of_the_documents_is_a_channel(name: str) -> None:
    entry = examples()[name]
    settings, secrets = read(entry["kind"], entry)
    environment = {variable: "json://localhost/" if field == "url" else SECRET for field, variable in secrets.items()}
    endpoint = Endpoint(OFFICE_ID, name, entry["kind"], settings, secrets)
    with Guard() as guard:
        assert open_channel(endpoint, factories(guard), environment).kind == entry["kind"]


def changed(name: str, **changes: Any) -> dict[str, Any]:
    """An example with fields changed; None takes one out."""
    return {field: value for field, value in (examples()[name] | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("entry", "field", "message"),
    [
        (changed("wecom", key_env=None), "key_env", "is missing: it is what stands after key= in the robot's address"),
        (changed("wecom", key="693a91f6"), "key", "is a secret: put it in the environment and write key_env"),
        (changed("wecom", secret_env="SLA_X"), "secret_env", "is unknown for wecom; secrets are: key"),
        (changed("wecom", url="qyapi.weixin.qq.com"), "url", "must begin with https:// or http:// and name a host"),
        (changed("wecom", url="https://[::1/x"), "url", "must begin with https:// or http:// and name a host"),
        (changed("dingtalk", token_env=None), "token_env", "is missing: it is what stands after access_token="),
        (changed("feishu", token_env=None), "token_env", "is missing: it is what stands after hook/"),
        (changed("feishu", colour="red"), "colour", "is unknown for feishu; known are: per_minute, url"),
        (changed("sms", url=None), "url", "is missing"),
        (changed("sms", format="xml"), "format", "must be one of json, form"),
        (changed("sms", fields="{mobile}"), "fields", 'must be a table such as { text = "{subject}" }'),
        (changed("sms", fields={}), "fields", "must be a table"),
        (changed("sms", fields={"to": "{phone}"}), "fields", "{phone} is unknown; known are: subject, link, text"),
        (changed("sms", password_env=None), "password", "is missing, and stands in the fields"),
        (changed("sms", final="1002"), "final", "must be a list"),
        (changed("sms", success="OK"), "final", 'needs a success such as "code=0"'),
        (changed("sms", success=["OK"]), "success", "must be a text"),
        (changed("sms", most_characters=9), "most_characters", "'9' must be a number from 10 to 1,000"),
        (changed("sms", most_characters="many"), "most_characters", "'many' must be a number"),
        (changed("aliyun", sign_name=None), "sign_name", "is missing"),
        (changed("aliyun", params=["{subject}"]), "params", "must be a table"),
        (changed("aliyun", params={"what": 1}), "params", 'must hold texts, such as "{subject}"'),
        (changed("aliyun", params={"what": "{title}"}), "params", "{title} is unknown"),
        (changed("aliyun", access_key_secret_env=None), "access_key_secret_env", "is missing: calls are signed"),
        (changed("tencent", params={"what": "x"}), "params", 'must be a list such as ["{subject}"]'),
        (changed("tencent", params=[1]), "params", "must hold texts"),
        (changed("tencent", app_id=None), "app_id", "is missing"),
        (changed("matrix", url_env=None), "url_env", "is missing: an Apprise address holds the keys"),
        (changed("matrix", url="matrix://x"), "url", "is a secret: put it in the environment and write url_env"),
        (changed("wecom", per_minute=0), "per_minute", "'0' must be a number from 1 to 100,000"),
        (changed("wecom", per_minute="many"), "per_minute", "'many' must be a number from 1 to 100,000"),
        (changed("log", url="x"), "url", "is unknown for log; known are: per_minute"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_with_what_would_be_right(entry: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(ChannelSettingsError) as caught:
        read(entry["kind"], entry)
    assert caught.value.field == field
    assert message in caught.value.message


def test_an_error_of_an_office_file_names_the_channel(window: Window) -> None:
    robot = '[channels.robot]\nkind = "wecom"\n\n[[staff]]'
    before = window.dump()
    with pytest.raises(ServiceError) as caught:
        window.apply(OFFICE.replace("[[staff]]", robot, 1))
    assert window.dump() == before
    assert str(caught.value).startswith("channels.robot.key_env: is missing: ")


@pytest.mark.parametrize(("name", "field"), [("wecom", "key"), ("dingtalk", "token"), ("feishu", "token")])
def test_a_whole_address_in_place_of_a_robots_key_is_told_without_it(name: str, field: str) -> None:
    settings, secrets = read(name, examples()[name])
    held = dict.fromkeys(secrets, "https://robot.example/hook/TOKEN-1")
    with Guard() as guard, pytest.raises(ChannelSettingsError) as caught:
        factories(guard)[name](settings, held)
    assert caught.value.field == field
    assert "is an address; only its last part is wanted" in caught.value.message
    assert "TOKEN-1" not in str(caught.value)


# --- how much each takes: CHANNELS.md, limit -------------------------------------------------------------------------
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def quota(kind: str, name: str = "robot", **settings: str) -> Quota:
    return quota_of(Endpoint(OFFICE_ID, name, kind, settings, {}))


def test_a_robot_takes_what_its_service_says_unless_it_is_set_otherwise() -> None:
    assert quota("wecom") == quota("dingtalk") == Quota((Rate(20, MINUTE),))
    assert quota("feishu").rates == (Rate(100, MINUTE), Rate(5, SECOND))
    assert quota("wecom", per_minute="7") == quota("sms", per_minute="7") == Quota((Rate(7, MINUTE),))
    assert quota("feishu", per_minute="60").rates == (Rate(60, MINUTE), Rate(5, SECOND))
    assert not quota("sms").is_limit
    assert not quota("email").is_limit


def test_robots_of_feishu_begin_at_moments_of_their_own_within_five_minutes() -> None:
    begins = [quota("feishu", f"robot-{number}").quiet for number in range(300)]
    assert begins == [quota("feishu", f"robot-{number}").quiet for number in range(300)]
    assert all(timedelta(0) <= quiet < 5 * MINUTE for quiet in begins)
    per_minute = [sum(quiet // MINUTE == minute for quiet in begins) for minute in range(5)]
    assert min(per_minute) > 30  # 60 each, if they were spread evenly
    assert quota("wecom").quiet == timedelta(0)
