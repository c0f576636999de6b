"""`goodstanding connect`: try an Odoo, say what its account can and cannot read, and keep it where that is wished."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from django.core.management import call_command

from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.queries import Client, Partner
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.delivery import words, words_of_odoo
from goodstanding.delivery.cli.terminal import Wrong, clean, may_ask
from goodstanding.delivery.reach import reach
from goodstanding.flows import connect_odoo
from goodstanding.flows.connect_odoo import Tried
from goodstanding.flows.reach_odoo import FAILURES, as_trouble


class NoConnection(Wrong):
    """The Odoo does not answer, or does not let this account in."""

    exit_code = 3


@click.command("connect")
@click.argument("url")
@click.option("--login", default="", help="Login of the account; asked for where it is not given.")
@click.option(
    "--secret-file",
    type=click.Path(allow_dash=True, dir_okay=False, path_type=str),
    help="File with the API key or password, - for the standard input; asked for where it is not given.",
)
@click.option("--database", default="", help="Needed only where the server holds several.")
@click.option("--key-name", default="", help="Name of the API key in Odoo, to learn when it ends.")
@click.option("--save", is_flag=True, help="Keep the connection, its secret sealed; without it nothing is kept.")
@click.option("--partner", "partner_key", help="With --save: key of the partner firm; not needed where there is only one.")
@click.option("--client", "client_name", help="With --save: name of the client whose Odoo it is; by default our own desk.")
@click.option("--name", default="", help="With --save: what it is called here; by default the name of the server.")
def connect(
    url: str,
    login: str,
    secret_file: str | None,
    database: str,
    key_name: str,
    save: bool,
    partner_key: str | None,
    client_name: str | None,
    name: str,
) -> None:
    """Try an Odoo and say what its account can and cannot read; nothing is changed there.

    Exit code 0: all that following tickets needs can be read; 1: something of it cannot; 2: the command is wrong; 3: no
    connection. The secret is never an argument: other users of a machine see those.
    """
    login = login or _asked("Login", "--login")
    secret = _secret(secret_file)
    now = datetime.now(UTC)
    whose = _whose(partner_key, client_name) if save else None
    try:
        tried = connect_odoo.try_odoo(url, login, secret, database=database, key_name=key_name, reach=reach(), now=now)
        _say(tried, key_name=key_name, now=now)
        if whose is not None:
            _save(url, login, secret, tried.database, key_name, name, *whose)
    except FAILURES as failure:
        trouble = as_trouble(failure)
        raise NoConnection(f"{trouble.said} {trouble.advice}".strip()) from None
    if not tried.reads_tickets:
        sys.exit(1)


def _say(tried: Tried, *, key_name: str, now: datetime) -> None:
    kept = tried.kept
    interface = words_of_odoo.INTERFACE.get(tried.interface, tried.interface)
    _line(f"{words_of_odoo.odoo(tried.version, kept)} answers, with {words_of_odoo.desks(kept['desks'])}")
    _line(f"{tried.address}, database {tried.database}, over {interface}, signed in as {kept['login'] or 'unknown'}")
    for each in words_of_odoo.readings(kept):
        _line(f"\n{each.title}")
        _line(f"  reads: {', '.join(each.reads) or 'nothing'}")
        if each.barred:
            _line(f"  cannot read: {', '.join(f'{word} ({model})' for word, model in each.barred)}")
    ends_at = tried.key.expires_at if tried.key else None
    _line(f"\nKey: {words_of_odoo.key(key_name, words.day(ends_at) if ends_at else '', tried.version)}")
    warned = words_of_odoo.key_end(ends_at, now)
    found = [f"{warned.word}: make a new one in time."] if warned else []
    for warning in [*found, *words_of_odoo.warnings(kept, version=tried.version, key_name=key_name)]:
        _line(f"! {warning}")
    if kept["administrator"] or not tried.reads_tickets:
        _line("\nAn account that can only read is made like this:")
        for number, step in enumerate(tried.steps, start=1):
            _line(f"  {number}. {step}")
        for title, models in words_of_odoo.needed(kept):
            _line(f"  Models for {title.lower()}: {', '.join(models)}")


def _save(
    url: str, login: str, secret: str, database: str, key_name: str, name: str, partner: Partner, client: Client | None
) -> None:
    try:
        made = connect_odoo.connect_odoo(
            _scope(),
            partner=partner.pk,
            client=client.pk if client else None,
            name=name,
            address=url,
            login=login,
            secret=secret,
            database=database,
            key_name=key_name,
            reach=reach(),
            now=datetime.now(UTC),
        )
    except Conflict as error:
        raise Wrong(f"Not kept: {error}.") from None
    _line(f"\nKept as “{made.name}”, {client.name if client else 'our own desk'}. Choose what is followed on its page.")


def _whose(partner_key: str | None, client_name: str | None) -> tuple[Partner, Client | None]:
    call_command("migrate", verbosity=0)
    try:
        partner = tenancy.partner_by_key(_scope(), partner_key) if partner_key else tenancy.home_partner(_scope())
    except NotFound as error:
        raise Wrong(f"Not kept: {error}.") from None
    if client_name is None:
        return partner, None
    mine = [each for each in tenancy.clients(_scope()) if each.partner == partner.pk]
    client = next((each for each in mine if each.name.casefold() == client_name.strip().casefold()), None)
    if client is None:
        raise Wrong(f"Not kept: {partner.name} has no client named “{client_name}”.")
    return partner, client


def _secret(file: str | None) -> str:
    if file is None:
        return _asked("API key or password", "--secret-file", hide=True)
    try:
        found = (sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")).strip()
    except (OSError, UnicodeDecodeError):
        raise Wrong(f"The secret cannot be read from {file}.") from None
    if not found:
        raise Wrong(f"There is no secret in {'the standard input' if file == '-' else file}.")
    return found


def _asked(what: str, option: str, *, hide: bool = False) -> str:
    if not may_ask(no_input=False):
        raise Wrong(f"Nobody is there to be asked for the {what}: give it with {option}.")
    answer: str = click.prompt(what, hide_input=hide)
    return answer


def _scope() -> Scope:
    return Scope.everything("typed by the operator")


def _line(text: str) -> None:
    click.echo(clean(text))
