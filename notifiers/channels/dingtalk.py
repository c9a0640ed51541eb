"""A robot in a DingTalk (钉钉) group. Source of the format, the signature and the codes: CHANNELS.md."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from notifiers.answers import answer, harmless, not_understood, refusal, refused
from notifiers.channel import ChannelSettingsError
from notifiers.guard import Guard
from notifiers.message import DeliveryError, Message, Receipt, Recipient
from notifiers.wording import MARKDOWN, Mention, cut, mention_of, one_line, seen, whole, with_links

URL = "https://oapi.dingtalk.com/robot/send"
MOST_BYTES = 20_000  # of the whole call
LONGEST_TITLE = 100
FINAL = {310000, 300005}  # keyword, signature or address not accepted; no such token
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WAITS = {130101: timedelta(minutes=10), 410100: timedelta(minutes=10)}  # more than 20 in a minute: blocked for ten


class DingTalkChannel:
    """Posts markdown and mentions the addressee.

    `token` is the robot's; `secret` its 加签 key, None where the robot asks for no signature. `url` only where the
    office has a gateway of its own. Raises ChannelSettingsError without token.
    """

    kind = "dingtalk"

    def __init__(self, token: str, secret: str | None, guard: Guard, url: str = URL) -> None:
        if not token:
            raise ChannelSettingsError("token", "is empty; it is what stands after access_token= in the address")
        self._token = token
        self._secret = secret
        self._url = url
        self._guard = guard

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:
        """Succeeds on HTTP 200 with errcode 0 only; `now` (aware) is the signed time. Raises DeliveryError."""
        body = _encoded(body_of(message, recipient))
        response = self._guard.post(self._signed(now), body, {"content-type": "application/json"})
        said = answer(response)
        if response.status != 200:
            raise refused(response, now)
        code = said.get("errcode")
        if type(code) is not int:
            raise not_understood("DingTalk")
        if code != 0:
            raise self._refusal(code, str(said.get("errmsg", "")), now)
        return Receipt(reference=message.key, detail="errcode 0")

    def _signed(self, now: datetime) -> str:
        query = f"access_token={quote(self._token, safe='')}"
        if self._secret:
            at = _milliseconds(now)
            query += f"&timestamp={at}&sign={quote(sign(self._secret, at), safe='')}"
        return f"{self._url}?{query}"

    def _refusal(self, code: int, said: str, now: datetime) -> DeliveryError:
        if "invalid timestamp" in said.lower():  # no fault of the message's: it goes out once the clock is right
            return DeliveryError(f"DingTalk said {code}: invalid timestamp; this machine's clock is off: set it")
        secrets = [self._token, self._secret or ""]
        if self._secret:
            secrets.append(sign(self._secret, _milliseconds(now)))
        return refusal("DingTalk", code, harmless(said, secrets), final=FINAL, waits=WAITS, closes=True)


def sign(secret: str, at: int) -> str:
    """The signature of a moment in milliseconds, in base64; it is percent-encoded once, in the address."""
    digest = hmac.new(secret.encode(), f"{at}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _milliseconds(now: datetime) -> int:
    return (now - EPOCH) // timedelta(milliseconds=1)


def body_of(message: Message, recipient: Recipient) -> dict[str, object]:
    """The markdown, and whom to mention, who must stand in the text too; at most 20,000 bytes of call."""
    mention = mention_of(recipient)
    at = {
        "atMobiles": [mention.mobile] if mention.mobile else [],
        "atUserIds": [mention.user_id] if mention.user_id else [],
        "isAtAll": False,
    }

    def body(text: str) -> dict[str, object]:
        shown = _addressed(mention, recipient) + _markdown(text, message.link)
        return {"msgtype": "markdown", "markdown": {"title": _title(message), "text": shown}, "at": at}

    text = seen(whole(message))
    return body(cut(text, message.link, lambda text: len(_encoded(body(text))) <= MOST_BYTES))


def _markdown(text: str, link: str) -> str:
    parts = (f"[{part}]({part})" if own else part.translate(MARKDOWN) for part, own in with_links(text, link))
    return "".join(parts).replace("\n", "  \n")


def _addressed(mention: Mention, recipient: Recipient) -> str:
    known = mention.mobile or mention.user_id
    return f"@{known}  \n" if known else f"{seen(one_line(recipient.name)).translate(MARKDOWN)}  \n"


def _title(message: Message) -> str:
    """What the list of chats shows; the service takes no message without."""
    title = seen(one_line(message.subject)).translate(MARKDOWN)[:LONGEST_TITLE]
    return title or message.kind


def _encoded(body: dict[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
