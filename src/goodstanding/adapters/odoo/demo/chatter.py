"""What Odoo keeps of changes by itself: a message with tracking values for tracked fields, and dates of tickets and tasks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from goodstanding.adapters.odoo.demo.conditions import Raw
from goodstanding.adapters.odoo.demo.shapes import DemoField
from goodstanding.adapters.odoo.demo.store import Store

COMMENT, NOTE = 1, 2
"""Numbers of the subtypes "Discussions" (mail.mt_comment) and "Note" (mail.mt_note), as in every fresh database."""
_TICKET_CREATED, _TASK_CREATED, _STAGE_CHANGED = 4, 7, 8
SUBTYPES: Final = {
    COMMENT: "Discussions",
    NOTE: "Note",
    _TICKET_CREATED: "Ticket Created",
    _TASK_CREATED: "Task Created",
    _STAGE_CHANGED: "Stage Changed",
}
CREATED: Final = {"helpdesk.ticket": _TICKET_CREATED, "project.task": _TASK_CREATED}


def completed(store: Store, model: str, values: Mapping[str, Raw], *, at: datetime, new: bool) -> dict[str, Raw]:
    """Return values with the dates that helpdesk_mgmt and project set by themselves when a record is made or written.

    A ticket's closed_date is set on reaching a closing stage and stays when it is reopened (helpdesk_mgmt, read in source).
    """
    found = dict(values)
    if model == "helpdesk.ticket":
        if values.get("stage_id"):
            found.setdefault("last_stage_update", at)
            if not new and _of_stage(store, "helpdesk.ticket.stage", values["stage_id"], "closed"):
                found.setdefault("closed_date", at)
        if values.get("user_id"):
            found.setdefault("assigned_date", at)
    if model == "project.task":
        if values.get("stage_id"):
            found.setdefault("date_last_stage_update", at)
            if _of_stage(store, "project.task.type", values["stage_id"], "fold"):
                found.setdefault("date_end", at)
        if values.get("user_ids"):
            found.setdefault("date_assign", at)
    return found


def _of_stage(store: Store, model: str, number: Raw, flag: str) -> bool:
    return isinstance(number, int) and store.exists(model, number) and store.value(model, number, flag) is True


def post(
    store: Store,
    model: str,
    number: int,
    body: str,
    *,
    at: datetime,
    by: int,
    author: int | None,
    subtype: int,
    kind: str = "comment",
    internal: bool = False,
) -> int:
    """Keep a message on a record; the record's own write_date stays, as in Odoo.

    A note that a person writes is internal by its subtype alone; `internal` is what Odoo says of tracked changes.
    """
    values: dict[str, Raw] = {"model": model, "res_id": number, "body": body, "date": at, "message_type": kind}
    values |= {"author_id": author, "subtype_id": subtype, "is_internal": internal}
    message = store.put("mail.message", values, at=at, by=by)
    store.set("mail.message", message, {"message_id": f"<{message}.demo@odoo>"}, at=at, by=by)
    return message


def track(
    store: Store, model: str, number: int, before: Mapping[str, Raw], *, at: datetime, by: int, author: int | None
) -> int | None:
    """Keep a message for those tracked fields that differ from `before`, and return its number; None where none does."""
    fields = store.model(model).fields
    changed = [fields[name] for name in before if fields[name].tracked and before[name] != store.value(model, number, name)]
    if not changed:
        return None
    staged = model == "project.task" and any(field.name == "stage_id" for field in changed)
    subtype = _STAGE_CHANGED if staged else NOTE
    message = post(
        store, model, number, "", at=at, by=by, author=author, subtype=subtype, kind="notification", internal=not staged
    )
    for field in changed:
        after = store.value(model, number, field.name)
        words = store.languages.get(str(store.value("res.users", by, "lang")), {})
        values = {**_sides(store, field, "old", before[field.name], words), **_sides(store, field, "new", after, words)}
        values |= {
            "mail_message_id": message,
            "field_id" if store.major >= 17 else "field": field_number(store, model, field.name),
        }
        if store.major < 17:
            values |= {"field_desc": field.label, "field_type": field.type}
        store.put("mail.tracking.value", values, at=at, by=by)
    return message


def field_number(store: Store, model: str, name: str) -> int:
    """Return the number of a field in ir.model.fields."""
    domain = [("model", "=", model), ("name", "=", name)]
    return store.find("ir.model.fields", domain, order="id", archived=True)[0]


def _sides(store: Store, field: DemoField, age: str, value: Raw, words: Mapping[str, str]) -> dict[str, Raw]:
    """Return how a tracking value keeps an old or new value: links by number and name, choices by their label in the
    language of whoever changed them, whose `words` these are."""
    if field.type == "many2one":
        known = isinstance(value, int) and store.exists(field.relation or "", value)
        named = store.name(field.relation or "", value) if known and isinstance(value, int) else ""
        return {f"{age}_value_integer": value or 0, f"{age}_value_char": named}
    if field.type in ("many2many", "one2many"):
        names = [store.name(field.relation or "", each) for each in value] if isinstance(value, list) else []
        return {f"{age}_value_char": ", ".join(names)}
    if field.type == "selection":
        label = dict(field.selection).get(str(value), "") if value else ""
        return {f"{age}_value_char": words.get(label, label)}
    if field.type in ("datetime", "date"):
        return {f"{age}_value_datetime": value}
    kind = {"boolean": "integer", "monetary": "float"}.get(field.type, field.type)
    return {f"{age}_value_{kind}": int(value) if isinstance(value, bool) else value}
