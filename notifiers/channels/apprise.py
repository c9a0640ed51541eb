"""A hundred other services through the library Apprise, which is installed with `pip install shixian[apprise]`.

Apprise opens its connections itself, past `notifiers.guard`; where they lead stands in the environment, no office
file says it. It tells of a failure only that there was one, so that every failure may be a message that arrived.
"""

import logging
from datetime import datetime

from notifiers.channel import ChannelSettingsError
from notifiers.message import DeliveryError, Message, Receipt, Recipient
from notifiers.wording import MARKDOWN, cut, one_line, seen, whole, with_links


class AppriseChannel:
    """Sends to one Apprise address, such as `matrix://…`, which is a secret. Raises ChannelSettingsError."""

    kind = "apprise"

    def __init__(self, url: str) -> None:
        try:
            import apprise  # noqa: PLC0415 - optional, and slow to import
        except ImportError:
            raise ChannelSettingsError("kind", "needs Apprise: run `pip install shixian[apprise]`") from None
        for name in ("apprise", "urllib3"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # they log addresses, keys and all
        asset = apprise.AppriseAsset(async_mode=False)
        asset.http_redirects = False
        service = apprise.Apprise.instantiate(url, asset=asset)
        if service is None:
            raise ChannelSettingsError("url", "is no address that Apprise knows, such as matrix://user:pass@host/#room")
        self._service = service
        self._apprise = apprise.Apprise(service, asset=asset)
        self._as_text = apprise.NotifyFormat.TEXT

    def send(self, message: Message, recipient: Recipient, now: datetime) -> Receipt:  # noqa: ARG002 - the URL says who
        """Succeeds when Apprise says so. Raises DeliveryError, never permanent: Apprise does not tell why."""
        most = self._service.body_maxlen
        body = cut(seen(whole(message, subject=False)), message.link, lambda text: len(_plain(text, message)) <= most)
        title = _plain(one_line(message.subject), message)
        if not self._apprise.notify(body=_plain(body, message), title=title, body_format=self._as_text):
            raise DeliveryError("Apprise could not deliver, and does not say why; it may have arrived", unknown=True)
        return Receipt(reference=message.key)


def _plain(text: str, message: Message) -> str:
    """Some of the services read markdown, others mentions: neither is any."""
    parts = with_links(seen(text), message.link)
    return "".join(part if own else part.translate(MARKDOWN) for part, own in parts)
