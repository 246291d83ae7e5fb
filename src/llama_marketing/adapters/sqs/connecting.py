"""A client for one queue of Amazon SQS."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from llama_marketing.domain.errors import SettingsError

_REGION: Final = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com[/.]")


def connect_sqs(queue_url: str, session: Any = None) -> Any:
    """A client over a session of boto3 or botocore, or over what boto3 finds on the machine.

    The region is the one that the queue's URL names, else the session's. Where the URL names
    another host than Amazon's public one, the messages go there. Connects at the first call.
    Raises SettingsError where no client can be made.
    """
    from boto3.session import Session
    from botocore.exceptions import BotoCoreError

    region = _REGION.match(queue_url)
    try:
        chosen = Session() if session is None else session
        make = getattr(chosen, "create_client", None) or chosen.client
        # Else boto3 would take the region's public address, whatever host the URL names.
        own = {} if region else {"endpoint_url": _origin(queue_url)}
        return make("sqs", region_name=region[1] if region else None, **own)
    except (BotoCoreError, ValueError) as error:
        fault = type(error).__name__
    raise SettingsError(f"the queue {queue_url!r} cannot be used: {fault}")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
