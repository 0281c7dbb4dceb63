"""The demo's mail: written into a table that a page shows, and sent to nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.base import BaseEmailBackend

from civitas.notices.models import MailboxMail

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.mail import EmailMessage


class MailboxBackend(BaseEmailBackend):
    """For EMAIL_BACKEND in the demo; anywhere else it refuses, since everybody can read the mailbox."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the mails; returns how many."""
        if not settings.DEMO:
            raise ImproperlyConfigured("the mailbox page exists in the demo only; set EMAIL_URL")
        for mail in email_messages:
            sent = mail.message()
            html = next((str(part.content) for part in getattr(mail, "alternatives", []) if part.mimetype == "text/html"), "")
            MailboxMail.objects.create(
                sender=str(sent["From"])[:320],
                recipients=", ".join(mail.recipients())[:1000],
                subject=mail.subject[:400],
                message_id=str(sent["Message-ID"] or "")[:320],
                headers={name: str(value) for name, value in mail.extra_headers.items()},
                text=str(mail.body),
                html=html,
            )
        return len(email_messages)
