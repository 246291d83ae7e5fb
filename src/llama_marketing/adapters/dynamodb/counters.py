"""The quota's counter as an item, and how it changes.

DynamoDB's conditions cannot add, so the item keeps what is left beside what was used, in the
quota's unit, and all three units of what was used beside that. ``rev`` counts its writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.adapters.dynamodb.changes import change_of, check_version, marks_of
from llama_marketing.adapters.dynamodb.items import check_owner, number, text
from llama_marketing.adapters.dynamodb.writes import IS_NEW, Write, update
from llama_marketing.domain.errors import StoreIncompatible
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.books import Counter
from llama_marketing.domain.vocabulary import QuotaUnit

REVISION: Final = "rev"
UNSEEN: Final = -1
"""The revision of a counter that is only guessed."""
_FIRED: Final = "alerts_fired"
_MARKED_BY: Final = "alert_"
"""With a threshold behind it: the call that marked it."""
_RESERVED: Final = {
    "cost": "reserved_cost",
    "tokens": "reserved_tokens",
    "generations": "reserved_generations",
}
_SETTLED: Final = {"cost": "settled_cost", "tokens": "tokens", "generations": "generations"}


@attrs.frozen
class CounterRow:
    """A counter as it was read; revision 0 is that of a counter still to be made."""

    counter: Counter
    revision: int = 0
    marked_by: Mapping[int, str] = attrs.field(factory=dict)

    @classmethod
    def of(cls, tenant: TenantRef, period: str, item: Mapping[str, Any] | None) -> CounterRow:
        """Read it; raises StoreIncompatible for one that is not this program's to read."""
        if item is None:
            return cls(Counter(period=period))
        check_owner(tenant, item)
        check_version("counter", item)
        fired = tuple(sorted(int(mark["N"]) for mark in item.get(_FIRED, {}).get("L", ())))
        try:
            unit = QuotaUnit(text(item, "unit"))
        except ValueError:
            raise StoreIncompatible(
                "a counter has no unit that this program knows",
                user_message="Los datos guardados no se pueden leer.",
            ) from None
        counter = Counter(
            period=period,
            limit=number(item, "quota") if "quota" in item else None,
            unit=unit,
            as_of=text(item, "as_of"),
            blocks=item.get("blocks", {}).get("BOOL", True),
            reserved=_amount(item, _RESERVED),
            settled=_amount(item, _SETTLED),
            refused=number(item, "refused"),
            alerts_fired=fired,
        )
        counter = counter.model_copy(update={"astray": _astray(item, counter)})
        marks = {threshold: text(item, f"{_MARKED_BY}{threshold}") for threshold in fired}
        return cls(counter, number(item, REVISION), marks)


def moved(
    tenant: TenantRef,
    before: Counter,
    after: Counter,
    *,
    same_terms: bool = False,
    available: tuple[str, int] | None = None,
) -> Write:
    """Add what lies between two states, to whatever the counter is by now.

    Asks that it counts in the same unit, and has a limit or none, as ``before``; with
    ``same_terms`` that all of the terms are the same. ``available`` is a comparison and a
    number.
    """
    reserved, settled = after.reserved - before.reserved, after.settled - before.settled
    held, used = reserved.in_unit(before.unit), settled.in_unit(before.unit)
    adding = {
        "reserved": held,
        "settled": used,
        "refused": after.refused - before.refused,
        REVISION: 1,
        **{name: getattr(reserved, part) for part, name in _RESERVED.items()},
        **{name: getattr(settled, part) for part, name in _SETTLED.items()},
    }
    if before.limit is not None:
        adding["available"] = -held - used
    asked, values = _asked(before, same_terms, available)
    change, added = change_of({}, adding)
    return update(tenant, keys.counter(before.period), change, asked, **added, **values)


def replaced(tenant: TenantRef, row: CounterRow, after: Counter) -> Write:
    """Put a counter in the place of exactly the one that was read, the marks apart."""
    unit = after.unit
    terms = {
        "quota": after.limit,
        "available": after.available,
        "as_of": after.as_of or None,
    }
    setting: dict[str, object] = {
        **marks_of(tenant),
        "period": after.period,
        "unit": unit.value,
        "blocks": after.blocks,
        "reserved": after.reserved.in_unit(unit),
        "settled": after.settled.in_unit(unit),
        "refused": after.refused,
        **{name: getattr(after.reserved, part) for part, name in _RESERVED.items()},
        **{name: getattr(after.settled, part) for part, name in _SETTLED.items()},
        **{name: value for name, value in terms.items() if value is not None},
    }
    removing = [name for name, value in terms.items() if value is None]
    return _on_revision(tenant, row, *change_of(setting, {REVISION: 1}, removing))


def marked(tenant: TenantRef, row: CounterRow, after: Counter, told: Mapping[int, str]) -> Write:
    """Mark thresholds, each with the call that does, on exactly the counter that was read."""
    setting: dict[str, object] = {
        **marks_of(tenant),
        "period": after.period,
        "unit": after.unit.value,
        "blocks": after.blocks,
        _FIRED: list(after.alerts_fired),
        **{f"{_MARKED_BY}{threshold}": call for threshold, call in told.items()},
    }
    return _on_revision(tenant, row, *change_of(setting, {REVISION: 1}))


def room_for(counter: Counter, amount: Amount, alerts: Sequence[int]) -> tuple[str, int] | None:
    """What must be available so that the amount is admitted, and far from any alert.

    None where nothing is asked: without a limit, or where the quota does not block and no
    threshold is left.
    """
    if counter.limit is None:
        return None
    needed = amount.in_unit(counter.unit)
    bounds = [needed] if counter.blocks else []
    if fresh := set(alerts) - set(counter.alerts_fired):
        # Afterwards more than so many percent must be left: a whole number above the fraction.
        bounds.append(needed + counter.limit * (100 - min(fresh)) // 100 + 1)
    return (">=", max(bounds)) if bounds else None


def _asked(
    counter: Counter, same_terms: bool, available: tuple[str, int] | None
) -> tuple[str, dict[str, object]]:
    asked = ["#unit = :unit"]
    values: dict[str, object] = {"unit": counter.unit.value}
    if not same_terms:
        asked.append(f"attribute_{'not_' if counter.limit is None else ''}exists(#quota)")
    else:
        asked.append("#blocks = :blocks")
        values["blocks"] = counter.blocks
        for name, value in (("quota", counter.limit), ("as_of", counter.as_of or None)):
            if value is None:
                asked.append(f"attribute_not_exists(#{name})")
            else:
                asked.append(f"#{name} = :{name}")
                values[name] = value
    if available is not None:
        comparison, bound = available
        asked.append(f"#available {comparison} :room")
        values["room"] = bound
    return " AND ".join(asked), values


def _on_revision(
    tenant: TenantRef, row: CounterRow, change: str, values: Mapping[str, object]
) -> Write:
    key = keys.counter(row.counter.period)
    if not row.revision:
        return update(tenant, key, change, IS_NEW, **values)
    condition = f"#{REVISION} = :seen"
    return update(tenant, key, change, condition, **values, seen=row.revision)


def _astray(item: Mapping[str, Any], counter: Counter) -> dict[str, int]:
    """What the item keeps in the quota's unit, where it is not what its other figures say."""
    follows = {
        "available": counter.available,
        "reserved": counter.reserved.in_unit(counter.unit),
        "settled": counter.settled.in_unit(counter.unit),
    }
    kept = {name: number(item, name) for name in follows}
    return {name: figure for name, figure in kept.items() if figure != (follows[name] or 0)}


def _amount(item: Mapping[str, Any], names: Mapping[str, str]) -> Amount:
    return Amount(**{part: number(item, name) for part, name in names.items()})
