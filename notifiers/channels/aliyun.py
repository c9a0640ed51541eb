"""Short messages through Aliyun (阿里云短信, SendSms of 2017-05-25), signed with ACS3-HMAC-SHA256.

Sources: help.aliyun.com, "V3 版本请求体&签名机制" and the error codes of SendSms.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from notifiers.answers import answer, harmless, not_understood, refusal, refused
from notifiers.channel import ChannelSettingsError
from notifiers.guard import Guard
from notifiers.message import DeliveryError, Message, Receipt, Recipient
from notifiers.short_texts import MAINLAND_CODE, Template, filled, number_of, words

URL = "https://dysmsapi.aliyuncs.com/"
MOST_CHARACTERS = 35  # of one variable of a template
NOTHING = hashlib.sha256(b"").hexdigest()
RATE = "isv.BUSINESS_LIMIT_CONTROL"
TODAY = "; it takes no more for this number today"
CLOCK = "; this machine's clock is off: set it"
# By default one a minute, five an hour and ten a day to one number; which of them it was stands in the words.
RATES = {"天级": None, "小时级": timedelta(hours=1), "分钟级": timedelta(minutes=1)}
MOMENTARY = ("Throttling", "isp.", "InternalError", "ServiceUnavailable", "SignatureNonceUsed")


class AliyunSmsChannel:
    """Sends a registered template; Aliyun takes no web addresses in its variables.

    `key`: the AccessKey ID and its secret. `nonce` makes what is never signed twice. Raises ChannelSettingsError.
    """

    kind = "aliyun_sms"

    def __init__(
        self,
        key: tuple[str, str],
        template: Template,
        guard: Guard,
        *,
        url: str = URL,
        nonce: Callable[[], str] = secrets.token_hex,
    ) -> None:
        if not all(key):
            raise ChannelSettingsError("access_key_secret", "is missing, or the access_key_id")
        self._key, self._template, self._guard = key, template, guard
        self._url, self._nonce = url, nonce

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:
        """Succeeds when the answer's Code is "OK" only; `now` (aware) is the signed time. Raises DeliveryError."""
        number = number_of(recipient)
        places = words(message, recipient, self._template.most_characters)
        places |= {"mobile": number.removeprefix(MAINLAND_CODE).removeprefix("+"), "password": ""}
        query = canonical_query({
            "PhoneNumbers": places["mobile"],
            "SignName": self._template.sign_name,
            "TemplateCode": self._template.code,
            "TemplateParam": json.dumps(filled(self._template.params, places), ensure_ascii=False),
            "OutId": places["key"],
        })  # fmt: skip
        headers = {
            "host": urlsplit(self._url).netloc,
            "x-acs-action": "SendSms",
            "x-acs-content-sha256": NOTHING,
            "x-acs-date": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": self._nonce(),
            "x-acs-version": "2017-05-25",
        }
        headers["authorization"] = authorization(self._key, query, headers)
        response = self._guard.post(f"{self._url}?{query}", b"", headers)
        said = answer(response)
        code = said.get("Code")
        if not isinstance(code, str):
            raise refused(response, now) if response.status != 200 else not_understood("Aliyun")
        if code != "OK":
            raise self._refusal(code, said.get("Message", ""))
        return Receipt(reference=str(said.get("BizId", "")), detail="OK")

    def _refusal(self, code: str, said: object) -> DeliveryError:
        words = harmless(said, self._key)
        if "Timestamp" in code or "TimeStamp" in code:
            return refusal("Aliyun", code, words + CLOCK)
        if code == RATE:
            wait = next((wait for rate, wait in RATES.items() if rate in words), timedelta(hours=1))
            return refusal("Aliyun", code, words, waits={code: wait}) if wait else self._not_today(code, words)
        if code == "isv.DAY_LIMIT_CONTROL":
            return self._not_today(code, words)
        momentary = code.startswith(MOMENTARY) and code != "isp.RAM_PERMISSION_DENY"
        waits = {code: timedelta(minutes=1)} if code.startswith("Throttling") else {}
        return refusal("Aliyun", code, words, final=() if momentary else {code}, waits=waits)

    def _not_today(self, code: str, words: str) -> DeliveryError:
        return refusal("Aliyun", code, words + TODAY, final={code})


def canonical_query(values: Mapping[str, str]) -> str:
    """Sorted by name, encoded as RFC 3986 says."""
    return "&".join(f"{quote(name, safe='-_.~')}={quote(values[name], safe='-_.~')}" for name in sorted(values))


def authorization(key: tuple[str, str], query: str, headers: Mapping[str, str]) -> str:
    """The header Authorization of a POST to "/" without a body; all of `headers` are signed."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    asked = "\n".join(["POST", "/", query, lines, names, headers["x-acs-content-sha256"]])
    signed = f"ACS3-HMAC-SHA256\n{hashlib.sha256(asked.encode()).hexdigest()}"
    signature = hmac.new(key[1].encode(), signed.encode(), hashlib.sha256).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key[0]},SignedHeaders={names},Signature={signature}"
