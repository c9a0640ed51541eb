"""A robot in a WeCom (企业微信) group. Source of the format and the codes: CHANNELS.md."""

import json
from datetime import datetime, timedelta
from urllib.parse import quote

from notifiers.answers import answer, harmless, not_understood, refusal, refused
from notifiers.channel import ChannelSettingsError
from notifiers.guard import Guard
from notifiers.message import DeliveryError, Message, Receipt, Recipient
from notifiers.wording import PLAIN, cut, mention_of, seen, whole

URL = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
MOST_BYTES = 2048
FINAL = {93000, 40058}  # no such key; too long or malformed
WAITS = {45009: timedelta(minutes=1)}  # more than 20 in a minute; -1 (busy) is tried again like any other


class WeComChannel:
    """Posts a plain text, which this robot does not read as markup, and mentions the addressee.

    `key` is the robot's; `url` only where the office has a gateway of its own. Raises ChannelSettingsError without key.
    """

    kind = "wecom"

    def __init__(self, key: str, guard: Guard, url: str = URL) -> None:
        if not key:
            raise ChannelSettingsError("key", "is empty; it is what stands after key= in the robot's address")
        self._key = key
        self._url = f"{url}?key={quote(key, safe='')}"
        self._guard = guard

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:
        """Succeeds on HTTP 200 with errcode 0 only; `now` (aware) dates a pause asked for. Raises DeliveryError."""
        body = json.dumps(body_of(message, recipient), ensure_ascii=False).encode()
        response = self._guard.post(self._url, body, {"content-type": "application/json"})
        said = answer(response)
        if response.status != 200:
            raise refused(response, now)
        code = said.get("errcode")
        if type(code) is not int:
            raise not_understood("WeCom")
        if code != 0:
            raise self._refusal(code, said.get("errmsg", ""))
        return Receipt(reference=message.key, detail="errcode 0")

    def _refusal(self, code: int, said: object) -> DeliveryError:
        return refusal("WeCom", code, harmless(said, [self._key]), final=FINAL, waits=WAITS, closes=True)


def body_of(message: Message, recipient: Recipient) -> dict[str, object]:
    """The text, at most 2,048 bytes of it, and whom to mention: by user id, by mobile, or by name in the text."""
    mention = mention_of(recipient)
    named = "" if mention.user_id or mention.mobile else f"{recipient.name}\n"

    def shown(text: str) -> str:
        return seen(f"{named}{text}").translate(PLAIN)

    content = cut(whole(message), message.link, lambda text: len(shown(text).encode()) <= MOST_BYTES)
    text = {
        "content": shown(content),
        "mentioned_list": [mention.user_id] if mention.user_id else [],
        "mentioned_mobile_list": [mention.mobile] if mention.mobile else [],
    }
    return {"msgtype": "text", "text": text}
