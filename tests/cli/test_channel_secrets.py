"""`sla channel add`, `seal`, `reseal`: a channel without the office file, its secrets sealed in the database."""

import base64
import gzip
import io
import json
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from sla.settings import Settings
from tests.cli.cast import CommandLine
from tests.service.cast import OFFICE

KEY = base64.b64encode(b"k" * 32).decode()
NEW_KEY = base64.b64encode(b"n" * 32).decode()
SECRET, SECOND = "robot-key-0001", "robot-key-0002"


@pytest.fixture
def sealing(sla: CommandLine, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.setenv("SLA_SECRET_KEY", KEY)
    monkeypatch.delenv("SLA_SECRET_KEY_PREVIOUS", raising=False)
    return sla


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def add_robot(sla: CommandLine, monkeypatch: pytest.MonkeyPatch, server: HTTPServer, secret: str = SECRET) -> None:
    monkeypatch.setenv("SLA_ALLOWED_HOSTS", server.host)
    typed(monkeypatch, secret + "\n")
    said = sla("channel", "add", "robot", "wecom", "--set", f"url={server.url_for('/send')}", "--secret", "key")
    assert (said.code, said.err) == (0, "")
    assert said.out == "robot is added; try it: sla channel test robot --to PERSON\n"


def reached_by_robot(sla: CommandLine) -> None:
    """The office file of before, whose people are now reached by a channel that it does not have."""
    text = OFFICE.replace('addresses = { desk = "li", mail', 'addresses = { robot = "", desk = "li", mail')
    assert sla("office", "apply", sla.file(text)).code == 0


def use_robot(sla: CommandLine, monkeypatch: pytest.MonkeyPatch, server: HTTPServer) -> None:
    """A robot that takes everything is added, and people are reached by it."""
    server.expect_request("/send").respond_with_json({"errcode": 0})
    add_robot(sla, monkeypatch, server)
    reached_by_robot(sla)


def called(server: HTTPServer) -> list[str]:
    return [request.args["key"] for request, _ in server.log]


def test_a_channel_is_added_with_a_sealed_secret_and_people_are_reached_by_it(
    sealing: CommandLine, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer
) -> None:
    use_robot(sealing, monkeypatch, httpserver)
    assert sealing("channel", "test", "robot", "--to", "li").out == "robot took it: errcode 0\n"
    assert called(httpserver) == [SECRET]
    [shown] = [each for each in sealing("channel", "list", "--json").json if each["name"] == "robot"]
    assert (shown["kind"], shown["secrets"]) == ("wecom", {"key": "sealed"})
    assert SECRET not in str(sealing.window.dump())


def test_the_office_file_leaves_what_it_does_not_mention(
    sealing: CommandLine, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer
) -> None:
    use_robot(sealing, monkeypatch, httpserver)
    text = (sealing.folder / "office.toml").read_text("utf-8")
    url = httpserver.url_for("/send")
    named = text + f'\n[channels.robot]\nkind = "wecom"\nurl = "{url}"\nper_minute = 7\n'
    assert sealing("office", "apply", sealing.file(named)).code == 0  # its settings, and the secret that is sealed
    assert sealing("channel", "test", "robot", "--to", "li").code == 0
    monkeypatch.setenv("SLA_ROBOT_KEY", SECOND)
    assert sealing("office", "apply", sealing.file(named + 'key_env = "SLA_ROBOT_KEY"\n')).code == 0
    assert sealing("channel", "test", "robot", "--to", "li").code == 0
    assert called(httpserver) == [SECRET, SECOND]
    text = sealing.refuses("office", "apply", sealing.file(named))  # the variable it named took the sealed one's place
    assert text.startswith("channels.robot.key_env: is missing: it is what stands after key=")


def test_a_secret_of_a_channel_of_the_file_is_sealed_from_a_file(
    sealing: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = sealing.file("whsec_" + base64.b64encode(b"s" * 24).decode() + "\n", "secret.txt")
    said = sealing("channel", "seal", "hook", "--secret-file", f"secret={secret}")
    assert said.out == "the secrets of hook are sealed: secret\n"
    assert [each["secrets"] for each in sealing("channel", "list", "--json").json] == [{}, {"secret": "sealed"}, {}]
    without = OFFICE.replace('secret_env = "SLA_HOOK_SECRET"\n', "")
    assert sealing("office", "apply", sealing.file(without)).code == 0


def test_the_key_is_changed_without_a_moment_when_nothing_opens(
    sealing: CommandLine, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer
) -> None:
    use_robot(sealing, monkeypatch, httpserver)
    monkeypatch.setenv("SLA_SECRET_KEY", NEW_KEY)
    text = sealing.refuses("channel", "test", "robot", "--to", "li")
    assert text.startswith("key: of channel robot was sealed with another key than SLA_SECRET_KEY holds now; ")
    assert sealing.refuses("channel", "reseal") == text
    said = sealing("doctor")
    assert (said.code, said.out) == (
        1,
        "! planning-window: nothing goes out by channel robot: key cannot be opened, for the key in SLA_SECRET_KEY is"
        " another one — set the key of then, as SLA_SECRET_KEY_PREVIOUS if it was replaced; if it is lost:"
        " `sla channel seal robot key`\n",
    )
    monkeypatch.setenv("SLA_SECRET_KEY", "")
    assert "cannot be opened, for SLA_SECRET_KEY is not set" in sealing("doctor").out
    monkeypatch.setenv("SLA_SECRET_KEY", NEW_KEY)
    monkeypatch.setenv("SLA_SECRET_KEY_PREVIOUS", KEY)
    assert sealing("doctor").out == "all is well\n"
    assert sealing("channel", "test", "robot", "--to", "li").code == 0
    assert sealing("channel", "reseal").out == "1 secret is sealed with this key\n"
    monkeypatch.delenv("SLA_SECRET_KEY_PREVIOUS")
    assert sealing("channel", "test", "robot", "--to", "li").code == 0
    typed(monkeypatch, SECOND + "\n")
    assert sealing("channel", "seal", "robot", "key").code == 0
    assert sealing("channel", "test", "robot", "--to", "li").code == 0
    assert called(httpserver) == [SECRET, SECRET, SECOND]


def test_a_copy_holds_it_sealed_and_a_restore_without_the_key_says_what_that_costs(
    sealing: CommandLine, monkeypatch: pytest.MonkeyPatch, httpserver: HTTPServer, tmp_path: Path
) -> None:
    add_robot(sealing, monkeypatch, httpserver)
    copy = tmp_path / "copy.gz"
    assert sealing("backup", str(copy)).code == 0
    assert SECRET.encode() not in gzip.decompress(copy.read_bytes())
    monkeypatch.setenv("SLA_DATABASE_URL", f"sqlite:///{tmp_path}/with.db")
    assert sealing("restore", str(copy), "--json").json["sealed"] == []
    monkeypatch.setenv("SLA_DATABASE_URL", f"sqlite:///{tmp_path}/without.db")
    monkeypatch.delenv("SLA_SECRET_KEY")
    said = sealing("restore", str(copy))
    assert said.code == 0
    assert said.out.endswith(
        "These secrets are sealed with another key than SLA_SECRET_KEY holds now:\n  planning-window robot: key\n"
        "Until you set that key, or give each again (sla channel seal), nothing goes out by these channels.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "stdin", "error"),
    [
        (["add", "desk", "log"], "", "name: 'desk' is there already"),
        (["add", "a/b", "log"], "", "name: 'a/b' must be letters, digits, _ and -"),
        (["add", "fax", "fax"], "", "kind: 'fax' is unknown; known are: "),
        (["add", "r", "wecom"], "", "key_env: is missing: it is what stands after key= in the robot's address; write"),
        (
            ["add", "r", "wecom", "--secret", "key"],
            "",
            "key: is empty; type it, or give it on a line of standard input",
        ),
        (["add", "r", "wecom", "--secret", "token"], "x\n", "token_env: is unknown for wecom; secrets are: key"),
        (["add", "r", "wecom", "--secret", "key"], "https://x/?key=s3cr3t\n", "key: is an address; only its last part"),
        (["add", "r", "wecom", "--set", "key=s3cr3t"], "", "key: is a secret: "),
        (["add", "r", "wecom", "--secret-env", "key=s3cr3t"], "", "key: must be the name of an environment variable"),
        (["add", "r", "wecom", "--secret-env", "s3cr3t"], "", "--secret-env: must be FIELD=VALUE"),
        (
            ["add", "r", "wecom", "--secret", "key", "--secret-env", "key=SLA_K"],
            "s3cr3t\n",
            "key: is given twice, itself and by a variable; choose one",
        ),
        (
            ["add", "t", "tencent_sms", "--set", "params=no", "--set", "app_id=1", "--secret", "secret_id"],
            "s3cr3t\n",
            "params: must be JSON",
        ),
        (["seal", "fax", "key"], "s3cr3t\n", "channel: 'fax' is not there; known are: desk, hook, mail"),
        (["seal", "desk", "key"], "s3cr3t\n", "key_env: is unknown for log; secrets are: none"),
        (["seal", "desk"], "", "secret: is missing: say which"),
        (["seal", "hook", "--secret-file", "secret=/nowhere"], "", "file: /nowhere cannot be read"),
    ],
)
def test_bad_input_is_one_line_without_the_secret(
    sealing: CommandLine, monkeypatch: pytest.MonkeyPatch, arguments: list[str], stdin: str, error: str
) -> None:
    typed(monkeypatch, stdin)
    text = sealing.refuses("channel", *arguments)
    assert text.startswith(error)
    assert "s3cr3t" not in text


def test_without_a_key_nothing_is_stored_and_a_new_one_is_explained(
    sla: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SLA_SECRET_KEY", raising=False)
    typed(monkeypatch, SECRET + "\n")
    text = sla.refuses("channel", "add", "robot", "wecom", "--secret", "key")
    assert text.startswith("secret: needs the environment variable SLA_SECRET_KEY; make one with `openssl rand -base64")


def test_the_settings_of_the_process_do_not_hold_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLA_SECRET_KEY", KEY)
    assert KEY not in json.dumps(Settings().model_dump(), default=str)
