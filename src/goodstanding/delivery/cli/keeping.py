"""Commands that keep the data: people, imports and recalculation."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from cryptography.fernet import Fernet
from django.core.management import call_command

from goodstanding.apps.documents import actions as documents
from goodstanding.apps.runs.queries import RunState
from goodstanding.apps.tenancy import actions as tenancy_actions
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.naming import alike
from goodstanding.apps.tenancy.roles import Role
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.unit import Conflict
from goodstanding.apps.unit.sealed import SealBroken, reseal
from goodstanding.delivery import words, words_of_files
from goodstanding.flows import import_tickets
from goodstanding.flows.publish_tier import publish_catalogue
from goodstanding.flows.read_tickets import Told
from goodstanding.flows.reassess import reassess as judge_anew
from goodstanding.flows.work import work_on


@click.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--partner", "partner_key", help="Key of the partner firm; not needed where there is only one.")
@click.option("--zone", default="", help="Zone of times that carry none.")
@click.option("--dates", default="", type=click.Choice(["", "dmy", "mdy", "ymd"]), help="Order of dates in numbers.")
@click.option(
    "--map", "map_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Columns and words, as YAML."
)
@click.option("--client-zone", default="", help="Zone of clients that are new; by default the partner's.")
def import_(path: Path, partner_key: str | None, zone: str, dates: str, map_file: Path | None, client_zone: str) -> None:
    """Take a ticket export in; the same file twice takes nothing twice. A worker need not run."""

    call_command("migrate", verbosity=0)
    scope = Scope.everything("typed by the operator")
    partner = tenancy.partner_by_key(scope, partner_key) if partner_key else tenancy.home_partner(scope)
    told = Told(zone=zone, dates=dates, map_text=map_file.read_text(encoding="utf-8") if map_file else "")
    with path.open("rb") as file:
        parts = iter(lambda: file.read(1 << 20), b"")
        kept = documents.keep(scope, partner=partner.pk, name=path.name, parts=parts, now=_now())
    try:
        seen = import_tickets.preview(scope, document=kept.public_id, told=told)
    except import_tickets.FINAL as error:
        raise click.ClickException(words_of_files.unusable(error)) from error
    if seen.question is not None:
        raise click.UsageError(f"{words_of_files.question(seen.question)} Say so with {seen.question.option}.")
    terms = import_tickets.Terms(zone=client_zone or partner.zone)
    run = import_tickets.request(scope, partner=partner.pk, document=kept.public_id, told=told, terms=terms, now=_now())
    if run.state is RunState.DONE and run.finished_at is not None:
        click.echo(
            f"This file was taken in {words.moment(run.finished_at, partner.zone, year=True)}: there is nothing new in it."
        )
        return
    with click.progressbar(length=100, label="Taking tickets in", file=sys.stderr) as bar:
        shown = 0

        def tell(done: int, total: int | None, stage: str) -> None:
            nonlocal shown
            if total and stage.startswith("Taking"):
                bar.update(100 * done // total - shown)
                shown = 100 * done // total

        run = work_on(run, worker=f"command {os.getpid()}", clock=_now, also_tell=tell)
        bar.update(100 - shown)
    if run.error:
        raise click.ClickException(run.error)
    if run.result is None:
        click.echo("A worker has taken this import up already: the page Runs shows how far it is.")
        return
    result = run.result
    new, known = f"{result['new_tickets']:,} new tickets, {result['new_events']:,} new events", f"{result['known_events']:,}"
    click.echo(f"{new}; {known} events were known before.")
    for row in result["bad_rows"][:10]:
        click.echo(words_of_files.fault(row), err=True)
    if result["bad"]:
        click.echo(f"{words.count(result['bad'], 'bad row')} not taken.", err=True)
        sys.exit(1)


@click.command("reassess")
@click.option("--partner", "partner_key", help="Key of the partner firm; by default all of them.")
def reassess(partner_key: str | None) -> None:
    """Judge every ticket anew; changes nothing where the terms have not changed."""

    scope = Scope.everything("typed by the operator")
    chosen = [tenancy.partner_by_key(scope, partner_key)] if partner_key else tenancy.partners(scope)
    for partner in chosen:
        pks = tickets.ticket_pks(scope, partner=partner.pk)
        with click.progressbar(length=max(1, len(pks)), label=partner.name, file=sys.stderr) as bar:
            shown = 0

            def tell(done: int, _: int) -> None:
                nonlocal shown
                bar.update(done - shown)
                shown = done

            found = judge_anew(scope, pks, now=_now(), progress=tell)
        click.echo(f"{partner.name}: {found.judged:,} tickets judged, {found.troubled:,} could not be.")


@click.command("add-person")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", required=True, help="platform_admin, partner_admin, manager, team_lead, agent, …")
@click.option("--partner", "partner_name", help="The partner firm, set up if it is new.")
@click.option("--client", "client_name", help="The client of that partner whose own person it is.")
@click.option("--zone", default="UTC", show_default=True, help="Time zone of a new partner.")
@click.option("--keep-password", is_flag=True, help="Leave the password of somebody who has an account.")
@click.option("--password", help="Asked for where it is left out.")
def add_person(
    email: str,
    name: str,
    role: str,
    partner_name: str | None,
    client_name: str | None,
    zone: str,
    keep_password: bool,
    password: str | None,
) -> None:
    """Give somebody a role and a password; the first person of a new installation is made this way."""

    if password is None and not keep_password:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    call_command("migrate", verbosity=0)
    scope, now = Scope.everything("typed by the operator"), _now()
    partner = client = None
    if partner_name:
        key = "-".join(partner_name.lower().split())[:60]
        partner = tenancy_actions.set_up_partner(scope, key=key, name=partner_name, zone=zone)
        publish_catalogue(scope, partner=partner.pk, effective_from=datetime(now.year - 10, 1, 1, tzinfo=UTC), now=now)
        theirs = tenancy.clients(scope.at(partner.pk))
        client = next((each for each in theirs if client_name and alike(each.name) == alike(client_name)), None)
    if client_name and client is None:
        raise click.ClickException(f"There is no client {client_name!r} of that partner.")
    try:
        person = tenancy_actions.set_up_person(
            scope,
            email=email,
            name=name,
            role=Role(role),
            partner=partner.pk if partner else None,
            client=client.pk if client else None,
        )
    except (Conflict, ValueError) as error:
        raise click.ClickException(f"{error}.") from error
    if password is not None:
        tenancy_actions.set_password(scope, person, password)
    click.echo(f"{email} can sign in.")


@click.command("rotate-seal")
@click.option("--new-key", is_flag=True, help="Print a fresh key to put before the others, and do nothing else.")
def rotate_seal(new_key: bool) -> None:
    """Seal every credential anew with the first of the seal keys; after that the others may go."""

    if new_key:
        click.echo(Fernet.generate_key().decode("ascii"))
        return
    call_command("migrate", verbosity=0)
    try:
        done = reseal()
    except SealBroken as error:
        raise click.ClickException(f"{error}. Put that key back behind the first one, then run this again.") from error
    click.echo(f"{words.count(done, 'credential')} sealed anew; all are sealed with the first key now.")


def _now() -> datetime:
    return datetime.now(UTC)
