"""Short messages through Tencent Cloud (腾讯云短信, SendSms of 2021-01-11), signed with TC3-HMAC-SHA256.

Sources: cloud.tencent.com/document/product/382, "签名方法 v3" and the error codes of SendSms.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from notifiers.answers import answer, harmless, not_understood, refusal, refused
from notifiers.channel import ChannelSettingsError
from notifiers.guard import Guard
from notifiers.message import DeliveryError, Message, Receipt, Recipient
from notifiers.short_texts import Template, filled, number_of, words
from notifiers.wording import mobile

URL = "https://sms.tencentcloudapi.com/"
REGION = "ap-guangzhou"
MOST_CHARACTERS = 60
TYPE = "application/json; charset=utf-8"
CLOCK = "; this machine's clock is off: set it"
TODAY = "; it takes no more today"
WAITS = {
    "LimitExceeded.PhoneNumberThirtySecondLimit": timedelta(seconds=30),
    "LimitExceeded.PhoneNumberOneHourLimit": timedelta(hours=1),
    "LimitExceeded.DeliveryFrequencyLimit": timedelta(minutes=1),
    "LimitExceeded.GlobalSmsSendingRateLimit": timedelta(minutes=1),
}
MOMENTARY = ("InternalError", "RequestLimitExceeded", "LimitExceeded", "ResourceUnavailable")
UNKNOWN = ("InternalError.Timeout", "InternalError.SendAndRecvFail")  # the service itself lost sight of it


class TencentSmsChannel:
    """Sends a registered template, its variables numbered. `key`: the SecretId and the SecretKey.

    Raises ChannelSettingsError.
    """

    kind = "tencent_sms"

    def __init__(
        self,
        key: tuple[str, str],
        app_id: str,
        template: Template,
        guard: Guard,
        *,
        region: str = REGION,
        url: str = URL,
    ) -> None:
        if not all(key):
            raise ChannelSettingsError("secret_key", "is missing, or the secret_id")
        self._key, self._app_id, self._template, self._guard = key, app_id, template, guard
        self._region, self._url = region, url

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:
        """Succeeds when the number's own Code is "Ok" only; `now` (aware) is the signed time. Raises DeliveryError."""
        number = number_of(recipient)
        places = words(message, recipient, self._template.most_characters) | {"mobile": mobile(number), "password": ""}
        body = json.dumps({
            "PhoneNumberSet": [number],
            "SmsSdkAppId": self._app_id,
            "SignName": self._template.sign_name,
            "TemplateId": self._template.code,
            "TemplateParamSet": filled(self._template.params, places),
            "SessionContext": places["key"],
        }, ensure_ascii=False).encode()  # fmt: skip
        signed = {"content-type": TYPE, "host": urlsplit(self._url).netloc}
        headers = {
            **signed,
            "authorization": authorization(self._key, "sms", signed, body, now),
            "x-tc-action": "SendSms",
            "x-tc-region": self._region,
            "x-tc-timestamp": str(int(now.timestamp())),
            "x-tc-version": "2021-01-11",
        }
        response = self._guard.post(self._url, body, headers)
        if response.status != 200:
            raise refused(response, now)
        status = _status(answer(response))
        if status.get("Code") != "Ok":
            raise self._refusal(status.get("Code"), status.get("Message", ""))
        return Receipt(reference=str(status.get("SerialNo", "")), detail="Ok")

    def _refusal(self, code: object, said: object) -> DeliveryError:
        if not isinstance(code, str) or not code:
            return not_understood("Tencent")
        words = harmless(said, self._key)
        if code == "AuthFailure.SignatureExpire":
            return refusal("Tencent", code, words + CLOCK)
        if code.startswith("LimitExceeded") and code.endswith("DailyLimit"):
            return refusal("Tencent", code, words + TODAY, final={code})
        if code in UNKNOWN:
            return DeliveryError(f"Tencent said {code}; it may have arrived", unknown=True)
        waits = WAITS | ({code: timedelta(minutes=1)} if code.startswith("RequestLimitExceeded") else {})
        momentary = code.startswith(MOMENTARY) or code.endswith("OtherError")
        return refusal("Tencent", code, words, final=() if momentary else {code}, waits=waits)


def _status(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """What became of the one number, or why the whole call was refused; empty if neither is there."""
    response = said.get("Response")
    response = response if isinstance(response, dict) else {}
    statuses = response.get("SendStatusSet")
    found = response.get("Error") or (statuses[0] if isinstance(statuses, list) and statuses else {})
    return found if isinstance(found, dict) else {}


def authorization(key: tuple[str, str], service: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The header Authorization of a POST to "/"; all of `headers` are signed. `now` is aware."""
    date = f"{now.astimezone(UTC):%Y-%m-%d}"
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    asked = "\n".join(["POST", "/", "", lines, names, hashlib.sha256(body).hexdigest()])
    scope = f"{date}/{service}/tc3_request"
    text = f"TC3-HMAC-SHA256\n{int(now.timestamp())}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    derived = f"TC3{key[1]}".encode()
    for part in (date, service, "tc3_request"):
        derived = hmac.new(derived, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(derived, text.encode(), hashlib.sha256).hexdigest()
    return f"TC3-HMAC-SHA256 Credential={key[0]}/{scope}, SignedHeaders={names}, Signature={signature}"
