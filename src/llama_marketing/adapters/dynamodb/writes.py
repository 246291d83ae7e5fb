"""What is asked of one item in a write: put, update, delete, or only checked.

In an expression every attribute is written ``#name`` and every value ``:name``, so that no
reserved word of DynamoDB's is ever in the way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.adapters.dynamodb.items import Item, attribute
from llama_marketing.domain.tenant import TenantRef

IS_NEW: Final = "attribute_not_exists(#PK)"
"""The condition of a put that replaces nothing."""
EXISTS: Final = "attribute_exists(#PK)"

_NAME: Final = re.compile(r"#(\w+)")


Write = Mapping[str, Any]
"""One item's part of a write, as ``{kind: parameters}``.

The kind is that of TransactWriteItems (Put, Update, Delete, ConditionCheck), the parameters are
the same there and in the call of one item; the client adds the table's name.
"""


def put(item: Item, condition: str = "", **values: object) -> Write:
    """Put a whole item in the place of what its key has, if the condition holds."""
    return {"Put": {"Item": item, **expressions(values, ConditionExpression=condition)}}


def update(
    tenant: TenantRef, sort_key: str, change: str, condition: str = "", **values: object
) -> Write:
    """Change some attributes; without a condition an item that is not there is made."""
    said = expressions(values, UpdateExpression=change, ConditionExpression=condition)
    return {"Update": {"Key": keys.of(tenant, sort_key), **said}}


def delete(tenant: TenantRef, sort_key: str, condition: str = "", **values: object) -> Write:
    """Delete an item, if the condition holds; one that is not there is no fault."""
    said = expressions(values, ConditionExpression=condition)
    return {"Delete": {"Key": keys.of(tenant, sort_key), **said}}


def check(tenant: TenantRef, sort_key: str, condition: str, **values: object) -> Write:
    """Change nothing, but refuse the transaction unless the condition holds."""
    said = expressions(values, ConditionExpression=condition)
    return {"ConditionCheck": {"Key": keys.of(tenant, sort_key), **said}}


def expressions(values: Mapping[str, object], **texts: str) -> dict[str, Any]:
    """The parameters of the expressions that are not empty, with their names and values."""
    said: dict[str, Any] = {name: text for name, text in texts.items() if text}
    names = {f"#{name}": name for text in said.values() for name in _NAME.findall(text)}
    if names:
        said["ExpressionAttributeNames"] = names
    if values:
        said["ExpressionAttributeValues"] = {
            f":{name}": attribute(value) for name, value in values.items()
        }
    return said
