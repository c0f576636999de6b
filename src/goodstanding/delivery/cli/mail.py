"""Commands of the mail door: set a mailbox up, and take a letter that a mail server pipes in."""

import sys
from datetime import UTC, datetime
from typing import Final

import click
from django.core.management import call_command

from goodstanding.apps.post import actions, queries
from goodstanding.apps.post.queries import MailboxSettings
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.flows.take_letter import BAD_LETTER
from goodstanding.flows.take_letter import take_letter as take

_LARGEST: Final = 64 << 20
"""Bytes read at most; what is larger than a letter may be is refused by whoever reads it."""
TAKEN, BAD, LATER = 0, 65, 75
"""What a mail server makes of an exit code (sysexits.h): delivered, returned to its sender, tried again."""


@click.command("take-mail")
@click.option("--partner", "partner_key", required=True, help="Key of the partner firm.")
@click.option("--mailbox", "address", default="", help="The mailbox it came to; not needed where there is only one.")
def take_mail(partner_key: str, address: str) -> None:
    """Take one letter in from standard input, as a mail server pipes it; the same one twice is taken once.

    Ends with 0 when it is taken, 65 when it is no letter, and 75 for anything that may pass, so that the mail server tries
    again and nothing is lost.
    """
    try:
        message = sys.stdin.buffer.read(_LARGEST)
        scope = Scope.everything("piped in by a mail server")
        partner = tenancy.partner_by_key(scope, partner_key)
        known = [each for each in queries.mailboxes(scope) if each.partner == partner.pk]
        mailbox = known[0] if len(known) == 1 else None
        if address:
            mailbox = queries.mailbox_by_address(scope, partner=partner.pk, address=address)
        took = take(scope, partner=partner.pk, mailbox=mailbox, message=message, now=_now())
    except BAD_LETTER as error:
        click.echo(str(error), err=True)
        sys.exit(BAD)
    except NotFound as error:
        click.echo(f"{error}: nothing is taken until that is set right", err=True)
        sys.exit(LATER)
    except Exception as error:
        # A database that is away, a disk that is full: the mail server keeps the letter and comes again.
        click.echo(f"Not taken yet ({type(error).__name__}).", err=True)
        sys.exit(LATER)
    click.echo(took.outcome.replace("_", " ") if took.new else "known already")
    sys.exit(TAKEN)


@click.command("add-mailbox")
@click.argument("address")
@click.option("--partner", "partner_key", help="Key of the partner firm; not needed where there is only one.")
@click.option("--host", default="", help="The IMAP server; without it letters are piped in by take-mail.")
@click.option("--port", default=993, show_default=True)
@click.option("--login", default="", help="By default the address.")
@click.option("--security", type=click.Choice(["tls", "starttls"]), default="tls", show_default=True)
@click.option("--folder", default="INBOX", show_default=True)
@click.option("--after", type=click.Choice(["leave", "seen", "move"]), default="leave", show_default=True)
@click.option("--move-to", default="", help="The folder that letters are moved to.")
@click.option("--client", "client_key", default="", help="Key of the client whose letters these are, whoever writes.")
@click.option("--priority", default="", help="Priority of tickets it opens.")
@click.option("--team", default="", help="Team of tickets it opens.")
@click.option("--checked-by", default="", help="Name under which the mail server signs its checks of senders.")
@click.option("--old-ones", is_flag=True, help="Also take what is in it already.")
@click.option("--password", default=None, help="Asked for when it is not given.")
def add_mailbox(
    address: str,
    partner_key: str | None,
    host: str,
    port: int,
    login: str,
    security: str,
    folder: str,
    after: str,
    move_to: str,
    client_key: str,
    priority: str,
    team: str,
    checked_by: str,
    old_ones: bool,
    password: str | None,
) -> None:
    """Set up an address that tickets come in by; the worker reads it every minute."""
    call_command("migrate", verbosity=0)
    scope = Scope.everything("typed by the operator")
    try:
        partner = tenancy.partner_by_key(scope, partner_key) if partner_key else tenancy.home_partner(scope)
        owned = {each.key: each.pk for each in tenancy.clients(scope) if each.partner == partner.pk}
        if client_key and client_key not in owned:
            raise NotFound(f"there is no client {client_key!r}")
        if host and password is None:
            password = click.prompt("Password", hide_input=True)
        settings = MailboxSettings(
            address=address,
            host=host,
            port=port,
            login=login or address,
            security=security,
            folder=folder,
            after=after,
            move_to=move_to,
            checked_by=checked_by,
            client=owned.get(client_key),
            priority=priority,
            team=team,
        )
        made = actions.set_up_mailbox(
            scope, partner=partner.pk, settings=settings, secret=password or "", old_ones=old_ones, now=_now()
        )
    except (Conflict, NotFound) as error:
        raise click.ClickException(f"{error}.") from error
    how = "is read every minute while a worker runs" if host else f"takes what is piped to take-mail --partner {partner.key}"
    click.echo(f"{made.address} {how}.")


def _now() -> datetime:
    return datetime.now(UTC)
