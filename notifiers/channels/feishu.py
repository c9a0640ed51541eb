"""A robot in a Feishu (飞书) group. Source of the format, the signature and the codes: CHANNELS.md."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from urllib.parse import quote

from notifiers.answers import answer, harmless, not_understood, refusal, refused
from notifiers.channel import ChannelSettingsError
from notifiers.guard import Guard
from notifiers.message import DeliveryError, Message, Receipt, Recipient
from notifiers.wording import PLAIN, cut, mention_of, one_line, seen, whole, with_links

URL = "https://open.feishu.cn/open-apis/bot/v2/hook"
MOST_BYTES = 20_000  # of the whole call
FINAL = {19021, 19022, 19024, 19001, 9499}  # signature, address, keyword not accepted; no such token; malformed
WAITS = {11232: timedelta(minutes=1)}  # more than 100 in a minute, or 5 in a second
HINTS = {19021: "; the secret is wrong, or this machine's clock is off by more than an hour"}

Paragraph = list[dict[str, str]]


class FeishuChannel:
    """Posts rich text ("post"), whose text parts are taken as they are, and mentions the addressee by user id.

    `token` is the robot's, the end of its address; `secret` its 签名校验 key, None where the robot asks for no
    signature. `url` is the address without the token, to be changed for Lark or a gateway. Raises ChannelSettingsError
    without token.
    """

    kind = "feishu"

    def __init__(self, token: str, secret: str | None, guard: Guard, url: str = URL) -> None:
        if not token:
            raise ChannelSettingsError("token", "is empty; it is what stands after hook/ in the robot's address")
        self._token = token
        self._secret = secret
        self._url = f"{url.rstrip('/')}/{quote(token, safe='')}"
        self._guard = guard

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:
        """Succeeds on HTTP 200 with code 0 only; `now` (aware) is the signed time. Raises DeliveryError."""
        body = _encoded(self._signed(now) | body_of(message, recipient))
        response = self._guard.post(self._url, body, {"content-type": "application/json"})
        said = answer(response)
        if response.status != 200 and "code" not in said:
            raise refused(response, now)
        code = said.get("code", said.get("StatusCode"))
        if type(code) is not int or (code == 0 and response.status != 200):
            raise not_understood("Feishu")
        if code != 0:
            raise self._refusal(code, said.get("msg", said.get("StatusMessage", "")))
        return Receipt(reference=message.key, detail="code 0")

    def _signed(self, now: datetime) -> dict[str, object]:
        if not self._secret:
            return {}
        at = int(now.timestamp())
        return {"timestamp": str(at), "sign": sign(self._secret, at)}

    def _refusal(self, code: int, said: object) -> DeliveryError:
        words = harmless(said, [self._token, self._secret or ""]) + HINTS.get(code, "")
        return refusal("Feishu", code, words, final=FINAL, waits=WAITS, closes=True)


def sign(secret: str, at: int) -> str:
    """The signature of a moment in seconds, in base64: the moment and the secret are the key, the text is empty."""
    return base64.b64encode(hmac.new(f"{at}\n{secret}".encode(), b"", hashlib.sha256).digest()).decode()


def body_of(message: Message, recipient: Recipient) -> dict[str, object]:
    """The subject as the title, the text in paragraphs; the whole call, signature too, has at most 20,000 bytes."""
    start: Paragraph = [_addressee(recipient)]
    title = _shown(one_line(message.subject))[:200]

    def body(text: str) -> dict[str, object]:
        content = [start, *(_paragraph(line, message.link) for line in text.split("\n"))]
        return {"msg_type": "post", "content": {"post": {"zh_cn": {"title": title, "content": content}}}}

    room = MOST_BYTES - 100  # for the signature
    text = cut(seen(whole(message, subject=False)), message.link, lambda text: len(_encoded(body(text))) <= room)
    return body(text)


def _paragraph(line: str, link: str) -> Paragraph:
    return [
        {"tag": "a", "text": part, "href": part} if own else {"tag": "text", "text": _shown(part)}
        for part, own in with_links(line, link)
    ]


def _addressee(recipient: Recipient) -> dict[str, str]:
    """By user id or open id; this robot knows no mobile numbers, so anybody else is named."""
    user_id = mention_of(recipient).user_id
    return {"tag": "at", "user_id": user_id} if user_id else {"tag": "text", "text": _shown(one_line(recipient.name))}


def _shown(text: str) -> str:
    return seen(text).translate(PLAIN)


def _encoded(body: dict[str, object]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
