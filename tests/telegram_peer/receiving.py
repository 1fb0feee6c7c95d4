"""The methods by which a bot asks for updates: https://core.telegram.org/bots/api#getting-updates"""

from __future__ import annotations

import re
from collections.abc import Awaitable
from typing import Any, Final
from urllib.parse import urlsplit

from tests.telegram_peer.errors import bad_request
from tests.telegram_peer.state import Telegram
from tests.telegram_peer.updates import Webhook

MAX_POLL_SECONDS: Final = 50
WEBHOOK_PORTS: Final = frozenset({80, 88, 443, 8443})


def get_updates(
    telegram: Telegram,
    offset: int = 0,
    limit: int = 100,
    timeout: int = 0,
    allowed_updates: list[Any] | None = None,
) -> Awaitable[list[dict[str, Any]]]:
    """Long polling. Telegram moves a limit or time that is out of range into it, and so does this."""
    telegram.updates.allow(allowed_updates)
    telegram.updates.forget_expired(telegram.now())

    async def wait() -> list[dict[str, Any]]:
        updates = await telegram.updates.poll(offset, min(max(limit, 1), 100), min(max(timeout, 0), MAX_POLL_SECONDS))
        return [update.to_json() for update in updates]

    return wait()


def set_webhook(
    telegram: Telegram,
    url: str,
    ip_address: str | None = None,
    max_connections: int = 40,
    allowed_updates: list[Any] | None = None,
    drop_pending_updates: bool = False,
    secret_token: str | None = None,
) -> bool:
    """Ends long polling. An empty URL ends the webhook. The peer keeps the URL, but pushes only when told to."""
    if not url:
        return delete_webhook(telegram, drop_pending_updates)
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in WEBHOOK_PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if secret_token is not None and not re.fullmatch("[A-Za-z0-9_-]{1,256}", secret_token):
        raise bad_request("secret token contains unallowed characters, or is not of 1 to 256 of them")
    if not 1 <= max_connections <= 100:
        raise bad_request("max_connections must be between 1 and 100")
    updates = telegram.updates
    updates.end_poll("terminated by setWebhook request")
    updates.webhook = Webhook(url, secret_token, max_connections, ip_address)
    updates.allow(allowed_updates)
    if drop_pending_updates:
        updates.pending.clear()
    return True


def delete_webhook(telegram: Telegram, drop_pending_updates: bool = False) -> bool:
    """Back to long polling."""
    telegram.updates.webhook = None
    if drop_pending_updates:
        telegram.updates.pending.clear()
    return True


def get_webhook_info(telegram: Telegram) -> dict[str, Any]:
    """How the webhook fares."""
    updates, webhook = telegram.updates, telegram.updates.webhook
    fields = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(updates.pending),
        "allowed_updates": sorted(updates.allowed) if updates.allowed is not None else None,
        "ip_address": webhook and webhook.ip_address,
        "max_connections": webhook and webhook.max_connections,
        "last_error_date": webhook and webhook.last_error_date,
        "last_error_message": webhook and webhook.last_error,
    }
    return {name: value for name, value in fields.items() if value is not None}
