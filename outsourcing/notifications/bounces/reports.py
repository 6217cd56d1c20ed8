"""Read a delivery status report (RFC 3462, RFC 3464, codes of RFC 3463): pure, from bytes to what it says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser

STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
MESSAGE_ID = re.compile(r"<[^<>\s\0]{1,280}>")
#: What says of an address that nothing will ever arrive there: unknown, moved, misspelt or closed. Of a full mailbox, a
#: text that is too large or that a filter refuses the next mail may well arrive.
FOR_GOOD = re.compile(r"5\.(1\.\d+|2\.1|0\.0)")


@dataclass(frozen=True)
class Report:
    """Of one mail: its Message-ID with angle brackets, the status ("5.1.1") and what the other server said."""

    message_id: str
    status: str
    said: str

    @property
    def is_for_good(self) -> bool:
        return is_for_good(self.status)


def is_for_good(status: str) -> bool:
    """Whether a status means that mails to this address never arrive."""
    return bool(FOR_GOOD.fullmatch(status))


def status_in(words: str) -> str:
    """The first status code in a server's words, "" without one."""
    found = STATUS.search(words)
    return found[0] if found else ""


def read(content: bytes) -> list[Report]:
    """What a report says of mails that did not arrive; nothing for anything else: a mail of a person's, an answer by a
    machine, a receipt, a report that something arrived, one of which the mail that came back cannot be told."""
    message = BytesParser(policy=policy.compat32).parsebytes(content)
    if message.get_content_type() != "multipart/report":
        return []
    returned = _returned(message)
    if not returned:
        return []
    return [Report(returned, status, said) for status, said in _failures(message)]


def _returned(message: Message) -> str:
    """The Message-ID of the mail that came back, from its headers at the end of the report."""
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            words = payload if isinstance(payload, bytes) else b""
            headers = BytesParser(policy=policy.compat32).parsebytes(words, headersonly=True)
        elif part.get_content_type() == "message/rfc822" and isinstance(part.get_payload(), list):
            headers = part.get_payload(0)  # type: ignore[assignment]  # the message in it
        else:
            continue
        if found := MESSAGE_ID.search(str(headers.get("Message-ID", ""))):
            return found[0]
    return ""


def _failures(message: Message) -> Iterator[tuple[str, str]]:
    """Status and words of each recipient for whom it failed or is held up."""
    for part in message.walk():
        fields = part.get_payload()
        if part.get_content_type() != "message/delivery-status" or not isinstance(fields, list):
            continue
        for one in fields:
            assert isinstance(one, Message)  # each block of fields is one
            status = status_in(str(one.get("Status", "")))
            if str(one.get("Action", "")).strip().lower() in {"failed", "delayed"} and status[:1] in {"4", "5"}:
                said = str(one.get("Diagnostic-Code", "")).partition(";")[2] or status
                yield status, " ".join(said.replace("\0", "").split())[:500]
