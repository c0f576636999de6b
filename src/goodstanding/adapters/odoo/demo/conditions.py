"""Whether a record of the demo Odoo is in a domain, the way Odoo and PostgreSQL see it."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Final, TypeAlias

Raw: TypeAlias = object
"""A value as the demo Odoo stores it: bool, int, float, str, aware datetime, date, a list of numbers, or None for empty."""

_COMPARE: Final[dict[str, Callable[[int], bool]]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


def holds(domain: Sequence[object], value_of: Callable[[str], Raw], *, whole_seconds: bool) -> bool:
    """Tell whether a domain holds for a record whose values `value_of` gives, by field or dotted path.

    `whole_seconds` compares instants to the second, as 19 does; before, stored fractions count. Raises ValueError for an
    operator that is not known and for a domain whose "&", "|" and "!" do not fit its leaves.
    """
    stack: list[bool] = []
    for each in reversed(domain):
        if each == "!":
            stack.append(not _pop(stack))
        elif each in ("&", "|"):
            first, second = _pop(stack), _pop(stack)
            stack.append((first and second) if each == "&" else (first or second))
        elif isinstance(each, list | tuple) and len(each) == 3:
            stack.append(_leaf(each[0], each[1], each[2], value_of, whole_seconds))
        else:
            raise ValueError(f"Invalid domain term {each!r}")
    return all(stack)


def _pop(stack: list[bool]) -> bool:
    if not stack:
        raise ValueError("Invalid domain")
    return stack.pop()


def _leaf(field: object, operator: object, wanted: object, value_of: Callable[[str], Raw], whole_seconds: bool) -> bool:
    if isinstance(field, int):
        return field == wanted
    if not isinstance(field, str) or not isinstance(operator, str):
        raise ValueError(f"Invalid leaf {(field, operator, wanted)!r}")
    value = value_of(field)
    if isinstance(value, datetime) and whole_seconds:
        value = value.replace(microsecond=0)
    if operator in ("=", "==", "!=", "<>"):
        return _equal(value, wanted) is (operator in ("=", "=="))
    if operator in ("in", "not in"):
        options = wanted if isinstance(wanted, list | tuple) else [wanted]
        if isinstance(value, int | str) and value not in (0, 1, ""):
            # Nothing else equals it, so that hundreds of options need no look at each.
            return (value in options) is (operator == "in")
        return any(_equal(value, each) for each in options) is (operator == "in")
    if operator in _COMPARE:
        return _compared(value, wanted, _COMPARE[operator])
    kind = operator.removeprefix("not ").removeprefix("=")
    if kind in ("like", "ilike") and (operator == kind or operator in (f"not {kind}", f"={kind}")):
        found = value is not None and value is not False and _like(str(value), str(wanted), kind, whole="=" in operator)
        return found is not operator.startswith("not ")
    raise ValueError(f"Invalid operator {operator!r}")


def _equal(value: Raw, wanted: object) -> bool:
    if isinstance(value, list):
        options = wanted if isinstance(wanted, list | tuple) else [wanted]
        return not value if wanted is False or wanted is None else any(each in value for each in options)
    if wanted is False or wanted is None:
        return value is None or value is False or value == ""
    if value is None:
        return False
    if isinstance(value, datetime | date):
        return value == _moment(wanted, value)
    return isinstance(value, bool) is isinstance(wanted, bool) and value == wanted


def _compared(value: Raw, wanted: object, test: Callable[[int], bool]) -> bool:
    """Compare; what is empty is neither smaller nor larger than anything."""
    if value is None or wanted is False or wanted is None:
        return False
    other = _moment(wanted, value) if isinstance(value, datetime | date) else wanted
    if isinstance(value, str) is not isinstance(other, str):
        raise ValueError(f"Cannot compare {value!r} with {wanted!r}")
    smaller: bool = value < other  # type: ignore[operator]  # of one kind, as just checked
    return test(-1 if smaller else 0 if value == other else 1)


def _moment(wanted: object, like: datetime | date) -> object:
    if not isinstance(wanted, str):
        return wanted
    if not isinstance(like, datetime):
        return date.fromisoformat(wanted[:10])
    return datetime.fromisoformat(wanted).replace(tzinfo=UTC)


def _like(value: str, pattern: str, kind: str, *, whole: bool) -> bool:
    written = "".join({"%": ".*", "_": "."}.get(each, re.escape(each)) for each in pattern)
    flags = re.DOTALL | (re.IGNORECASE if kind == "ilike" else 0)
    return (re.fullmatch if whole else re.search)(written, value, flags) is not None
