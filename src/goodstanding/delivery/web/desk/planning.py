"""Changing the matrix: as a table or as YAML, rehearsed over last month, published, or taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.escalation import queries
from goodstanding.apps.escalation.values import PlanRow
from goodstanding.apps.outbox import queries as outbox
from goodstanding.apps.runs import queries as runs
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.queries import Partner
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.core.desk.escalation.plan import Plan
from goodstanding.core.desk.escalation.wording import PLACEHOLDERS
from goodstanding.delivery import words_of_escalation, words_of_plans, words_of_rehearsals
from goodstanding.delivery.web.desk import plan_form
from goodstanding.delivery.web.desk.escalation import (
    Whose,
    address_of,
    as_file,
    key_of,
    owners,
    query_of,
    versions_of,
    whose_of,
    wider_of,
)
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page, part
from goodstanding.flows import publish_plan as flow
from goodstanding.flows import rehearse_plan
from goodstanding.flows.preview_plan import Sample, preview_plan
from goodstanding.flows.rehearse_plan import Asked

LONGEST_NOTE = 300


@dataclass(slots=True)
class Desk:
    """A plan on the desk: whose it is, what was seen of it, and what is written so far."""

    home: Partner
    whose: Whose
    rows: tuple[PlanRow, ...]
    """Every version of every plan."""
    number: int
    """The version that whoever writes has seen last; 0 for none."""
    sheet: plan_form.Sheet
    text: str
    as_text: bool
    note: str
    begun_for: Whose | None = None
    """For whom it was written until now, where that was somebody else."""
    checked: flow.Checked = field(default_factory=lambda: flow.Checked(None))
    """What was found by whoever asked to look."""
    told: str = ""
    wrong: str = ""
    focus: str = ""
    sent: bool = False
    """Whether it was sent already: what stands here then is nowhere else."""
    sample: Sample | None = None
    sampled: bool = False

    @property
    def versions(self) -> list[PlanRow]:
        """The versions of this plan, the newest first."""
        return versions_of(self.rows, self.whose)

    @property
    def stands(self) -> bool:
        """Whether a tier or a client has a plan of its own that can be taken back."""
        return self.whose != (None, None) and self.newest is not None

    @property
    def newest(self) -> Plan | None:
        """The plan of its own that is in force."""
        return self.versions[0].plan if self.versions else None

    def unseen(self, plan: Plan | None) -> bool:
        """Whether publishing would put it in the place of another plan, which whoever writes was not shown."""
        return self.begun_for is not None and self.newest not in (None, plan)

    def look(self) -> flow.Checked:
        """Return the plan that is written so far, or all that is wrong with it."""
        return flow.check_text(self.text) if self.as_text else flow.check_fields(plan_form.fields_of(self.sheet))


@needs(May.SET_ESCALATION)
def write_plan(request: HttpRequest) -> HttpResponse:
    """Write a version of a plan: change it row by row or as text, look what it would have done, then publish."""
    if request.method != "POST":
        return _shown(request, _begun(request))
    here = _read(request)
    act = request.POST.get("act", "choose")
    if act in ("rehearse_back", "take_back"):
        return _taken_back(request, here, act)
    if act == "choose":
        return _shown(request, _chosen(request, here))
    if not here.as_text:
        here.focus = plan_form.change(here.sheet, act, request.POST.get("add_role", ""))
        if here.focus:
            return _shown(request, here)
    here.checked = here.look()
    if act in ("yaml", "table"):
        _turn(here, act)
    elif act == "export" and here.checked.plan is not None:
        return as_file(flow.text_of(here.checked.plan), "escalation.yaml")
    elif act == "rehearse" and here.checked.plan is not None:
        return _rehearse(request, here, here.checked.plan)
    elif act == "publish" and here.checked.plan is not None:
        if here.unseen(here.checked.plan):
            here.wrong = "Not published yet."
        elif _is_meant(request, here, here.checked.plan):
            return _publish(request, here, here.checked.plan)
        else:
            here.focus = "sure"
    elif act == "preview" and here.checked.plan is not None:
        here.sample, here.sampled = _sample(request, here, here.checked.plan), True
    elif here.checked.plan is not None and here.checked.plan.steps:
        here.told = "In order: it can be published."
    return _shown(request, here)


@needs(May.SET_ESCALATION)
def rehearsal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a plan would have done over last month beside what the plans in force would have, once the worker has looked."""
    run = runs.run(request.scope, public_id)
    if run.name != rehearse_plan.NAME:
        raise NotFound("there is no such rehearsal")
    asked = rehearse_plan.asked_in(run)
    whose = (asked.tier, asked.client)
    context = {
        "run": run,
        "plan": asked.plan,
        "name": _name(request, whose),
        "whose": key_of(whose),
        "address": address_of(whose),
        "found": words_of_rehearsals.worded(run.result, asked.plan) if run.result is not None else None,
        "text": run.params["text"],
        "note": run.params["note"],
        "number": run.params["number"],
    }
    if request.htmx:
        return part(request, "desk/rehearsal.html", "live", context)
    _, rows = _known(request, whose)
    versions = versions_of(rows, whose)
    newest = versions[0] if versions and versions[0].plan is not None else None
    context |= {
        "newest": newest,
        "changes": words_of_plans.changed(newest.plan, asked.plan) if newest is not None else [],
        "wider": wider_of(request, run.home, rows, whose) if asked.plan is None else "",
    }
    return page(request, "desk/rehearsal.html", context, here="escalation")


def _begun(request: HttpRequest) -> Desk:
    """A plan as it is taken up: its newest version, or the one that is asked for."""
    return _taken_up(request, whose_of(request), request.GET.get("version", ""))


def _taken_up(request: HttpRequest, whose: Whose, version: str = "") -> Desk:
    home, rows = _known(request, whose)
    versions = versions_of(rows, whose)
    asked = next((each for each in versions if str(each.public_id) == version and each.plan is not None), None)
    own = asked or (versions[0] if versions else None)
    plan = (own and own.plan) or _copied(rows)
    told = note = ""
    if asked is not None and asked is not versions[0]:
        note = f"Version {asked.number} again"
        changes = words_of_plans.changed(versions[0].plan, plan) if versions[0].plan is not None else []
        against = f" Against version {versions[0].number}, which is in force: {'; '.join(changes)}." if changes else ""
        told = f"This is version {asked.number} again, as it was.{against} Nothing changes until it is published."
    elif whose != (None, None) and (own is None or own.plan is None):
        told = f"Begun as a copy of the common matrix. Nothing changes for {_name(request, whose)} until it is published."
    elif own is None:
        told = "Begun as the matrix that ships."
    sheet = plan_form.sheet_of(plan)
    return Desk(home, whose, rows, versions[0].number if versions else 0, sheet, flow.text_of(plan), False, note, told=told)


def _copied(rows: Sequence[PlanRow]) -> Plan:
    """The plan that a first version begins from: everyone's, and without one the matrix that ships."""
    common = versions_of(rows, (None, None))
    return (common[0].plan if common else None) or flow.shipped()


def _chosen(request: HttpRequest, here: Desk) -> Desk:
    """Follow the choice of whose plan it is: a plan that is as it was gives way to theirs, what was changed stays."""
    if here.begun_for is None:
        return here
    found = _taken_up(request, here.whose)
    if here.look().plan == _taken_up(request, here.begun_for).look().plan:
        found.as_text, found.note = here.as_text, here.note
        if found.newest is not None and not found.told:
            found.told = f"This is {_name(request, here.whose)}’s plan, version {found.number}."
        return found
    if here.newest is None:
        here.told = f"This is for {_name(request, here.whose)} now; nothing changes there until it is published."
    return here


def _read(request: HttpRequest) -> Desk:
    """A plan as it was sent, with nothing of it lost."""
    posted = request.POST
    whose = _whose_in(posted.get("whose", ""))
    home, rows = _known(request, whose)
    versions = versions_of(rows, whose)
    newest = versions[0].number if versions else 0
    seen, _, number = posted.get("seen", "").partition(" ")
    same = seen == key_of(whose) and number.isdecimal() and len(number) < 10
    as_text = posted.get("mode") == "yaml"
    text = posted.get("text", "").replace("\r\n", "\n")
    return Desk(
        home=home,
        whose=whose,
        rows=rows,
        number=int(number) if same else newest,
        sheet=plan_form.Sheet() if as_text else plan_form.read(posted),
        text=text,
        as_text=as_text,
        note=posted.get("note", "")[:LONGEST_NOTE],
        begun_for=None if same else _whose_in(seen),
        sent=True,
    )


def _known(request: HttpRequest, whose: Whose) -> tuple[Partner, tuple[PlanRow, ...]]:
    home = tenancy.home_partner(request.scope)
    _name(request, whose)
    return home, queries.plan_rows(request.scope, partner=home.pk)


def _turn(here: Desk, act: str) -> None:
    """Turn from the table to the text or back; what cannot be a table yet stays text."""
    if act == "yaml" and not here.as_text:
        plan = here.checked.plan
        here.text = flow.text_of(plan) if plan is not None else flow.text_of_fields(plan_form.fields_of(here.sheet))
        here.as_text, here.checked = True, flow.Checked(None)
    elif act == "table" and here.as_text and here.checked.plan is not None:
        here.sheet, here.as_text, here.checked = plan_form.sheet_of(here.checked.plan), False, flow.Checked(None)


def _rehearse(request: HttpRequest, here: Desk, plan: Plan | None) -> HttpResponse:
    tier, client = here.whose
    asked = Asked(partner=here.home.pk, plan=plan, tier=tier, client=client)
    text = flow.text_of(plan) if plan is not None else ""
    run = rehearse_plan.request(request.scope, asked, text=text, note=here.note, number=here.number, now=request.now)
    return redirect("rehearsal", run.public_id)


def _publish(request: HttpRequest, here: Desk, plan: Plan | None) -> HttpResponse:
    tier, client = here.whose
    try:
        made = flow.publish_plan(
            request.scope, partner=here.home.pk, plan=plan, tier=tier, client=client, now=request.now, note=here.note,
            after=here.number,
        )  # fmt: skip
    except Conflict as error:
        _conflict(request, here, str(error))
        return _shown(request, here, status=409)
    name = _name(request, here.whose)
    if plan is None:
        messages.success(request, f"{name} is escalated by the next wider plan again.")
    elif here.versions and made.public_id == here.versions[0].public_id:
        messages.info(request, f"Nothing has changed: this is version {made.number} as it stands.")
    else:
        messages.success(request, f"Version {made.number} is published. What it puts into the past is passed and tells nobody.")
    return redirect(address_of(here.whose))


def _taken_back(request: HttpRequest, here: Desk, act: str) -> HttpResponse:
    """Take a tier's or a client's own plan back, or look first what that would have done."""
    if not here.stands:
        here.wrong = "Not done: there is no plan of its own to take back."
        return _shown(request, here, status=409)
    return _rehearse(request, here, None) if act == "rehearse_back" else _publish(request, here, None)


def _is_meant(request: HttpRequest, here: Desk, plan: Plan) -> bool:
    """Whether a plan may be published as it is asked: one that takes every step away only by the name of whose it is."""
    if plan.steps or plan == here.newest:
        return True
    return " ".join(request.POST.get("sure", "").split()).casefold() == _name(request, here.whose).casefold()


def _conflict(request: HttpRequest, here: Desk, said: str) -> None:
    """Say what somebody else has published meanwhile; whoever publishes again does so over that version."""
    _, here.rows = _known(request, here.whose)
    newest = here.versions[0] if here.versions else None
    if newest is None or newest.number == here.number:
        here.wrong = f"Not published: {said}."
        return
    seen = next((each.plan for each in here.versions if each.number == here.number), None)
    changes = "; ".join(words_of_plans.changed(seen, newest.plan))
    by = f" by {newest.published_by}" if newest.published_by else ""
    here.wrong = (
        f"Not published: version {newest.number} was published{by} meanwhile ({changes}). "
        "Yours is kept below; publish again to put it in the place of that one."
    )
    here.number = newest.number


def _sample(request: HttpRequest, here: Desk, plan: Plan) -> Sample | None:
    tier, client = here.whose
    asked = Asked(partner=here.home.pk, plan=plan, tier=tier, client=client)
    say = words_of_escalation.sayer(request.build_absolute_uri("/").rstrip("/"))
    return preview_plan(request.scope, asked, say=say, now=request.now)


def _shown(request: HttpRequest, here: Desk, *, status: int = 200) -> HttpResponse:
    home = here.home
    name = _name(request, here.whose)
    plan = here.checked.plan if here.checked.plan is not None or here.checked.problems else here.look().plan
    tier, client = here.whose
    nothing = plan is not None and not plan.steps and plan != here.newest
    endpoints = outbox.endpoints_on(request.scope, partner=home.pk)
    context = {
        "draft": here,
        "unseen": here.unseen(plan),
        "changes": words_of_plans.changed(here.newest, plan) if here.unseen(plan) and plan is not None else [],
        "reach": flow.reach(request.scope, Asked(partner=home.pk, plan=plan, tier=tier, client=client), now=request.now)
        if nothing
        else None,
        "own": {query for _, query, stands in owners(here.rows) if stands},
        "wider": wider_of(request, home.pk, here.rows, here.whose) if here.stands else "",
        "name": name,
        "title": f"Change the matrix for {name}" if here.versions else f"Write a matrix for {name}",
        "key": key_of(here.whose),
        "query": query_of(here.whose),
        "address": address_of(here.whose) if here.versions else address_of((None, None)),
        "sheet": here.sheet,
        "wrongs": {} if here.as_text else plan_form.wrongs(here.checked.problems),
        "label_of": plan_form.label_of,
        "choices": plan_form.CHOICES,
        "ways": [words_of_plans.ways_offered(endpoints, row.by) for row in here.sheet.rows],
        "placeholders": PLACEHOLDERS,
        "tiers": desk.tiers(request.scope),
        "clients": [each for each in tenancy.clients(request.scope) if each.partner == home.pk],
    }
    return page(request, "desk/write_plan.html", context, here="escalation", status=status)


def _whose_in(text: str) -> Whose:
    kind, _, public_id = text.partition(":")
    try:
        found = UUID(public_id)
    except ValueError:
        return None, None
    return (found, None) if kind == "tier" else (None, found) if kind == "client" else (None, None)


def _name(request: HttpRequest, whose: Whose) -> str:
    """Whose plan it is in words; raises `NotFound` for a tier or client out of sight."""
    tier, client = whose
    if tier is not None:
        return desk.tier_versions(request.scope, tier)[0].name
    return tenancy.client(request.scope, client).name if client is not None else "everyone"
