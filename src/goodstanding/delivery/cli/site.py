"""Commands of the site: serve it, work for it, fill it."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import click
import django
from django.conf import settings
from django.core.management import call_command


def _ready() -> None:
    django.setup()


@click.command("migrate")
def migrate_() -> None:
    """Bring the database up to this version; says what it does."""
    _ready()
    call_command("migrate", verbosity=1)


@click.command("worker")
@click.option("--demo", is_flag=True, help="Also let the demo's tickets come in.")
def worker_(demo: bool) -> None:
    """Do what time and people have made due, until stopped; any number may run."""
    _ready()
    from goodstanding.delivery.worker.loop import Worker  # noqa: PLC0415 - needs Django set up

    worker = Worker(demo=demo)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: worker.stopping.set())
    worker.run()


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", default=1, show_default=True, help="Web processes.")
@click.option("--demo", is_flag=True, help="Let the demo's tickets come in while it runs.")
def serve_(host: str, port: int, processes: int, demo: bool) -> None:
    """Run the site and a worker on this machine, until stopped."""
    _ready()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    _serve(host, port, processes, demo=demo)


@click.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--only-data", is_flag=True, help="Bring the data up to now and stop.")
def demo_(host: str, port: int, only_data: bool) -> None:
    """Set up a believable partner with its history, and run the site over it."""
    _ready()
    from goodstanding.flows import play_demo  # noqa: PLC0415 - needs Django set up

    call_command("migrate", verbosity=0)
    if not only_data:
        call_command("collectstatic", interactive=False, verbosity=0)
    with click.progressbar(length=100, label="Bringing the demo up to now", file=sys.stderr) as bar:
        shown = 0

        def tell(done: int, total: int) -> None:
            nonlocal shown
            bar.update(100 * done // total - shown)
            shown = 100 * done // total

        told = play_demo.set_up(now=datetime.now(UTC), progress=tell)
        bar.update(100 - shown)
    click.echo(f"{told.tickets:,} tickets, {told.events:,} events, {told.clients} clients.")
    if only_data:
        return
    click.echo(f"\nOpen  http://{host}:{port}/  and sign in as  {told.email}  with the password  {told.password}\n")
    _serve(host, port, 1, demo=True)


@click.command("add-person")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", required=True, help="platform_admin, partner_admin, manager, team_lead, agent, …")
@click.option("--partner", "partner_name", help="The partner firm, set up if it is new.")
@click.option("--zone", default="UTC", show_default=True, help="Time zone of a new partner.")
@click.password_option()
def add_person_(email: str, name: str, role: str, partner_name: str | None, zone: str, password: str) -> None:
    """Give somebody a role and a password; the first person of a new installation is made this way."""
    _ready()
    from goodstanding.apps.tenancy import actions  # noqa: PLC0415 - needs Django set up
    from goodstanding.apps.tenancy.roles import Role  # noqa: PLC0415
    from goodstanding.apps.tenancy.scope import Scope  # noqa: PLC0415
    from goodstanding.flows.publish_tier import publish_catalogue  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    scope, now = Scope.everything("typed by the operator"), datetime.now(UTC)
    partner = None
    if partner_name:
        key = "-".join(partner_name.lower().split())[:60]
        partner = actions.set_up_partner(scope, key=key, name=partner_name, zone=zone)
        publish_catalogue(scope, partner=partner.pk, effective_from=datetime(now.year - 10, 1, 1, tzinfo=UTC), now=now)
    person = actions.set_up_person(scope, email=email, name=name, role=Role(role), partner=partner.pk if partner else None)
    actions.set_password(scope, person, password)
    click.echo(f"{email} can sign in.")


def _serve(host: str, port: int, processes: int, *, demo: bool) -> None:
    """Run granian in this process's place of honour, and a worker beside it that ends with it."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    worker = subprocess.Popen([sys.executable, "-m", "goodstanding", "worker", *(["--demo"] if demo else [])], env=environment)
    web = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
            *("--workers", str(processes), "--blocking-threads", "4", "--backlog", "256", "--log-level", "warning"),
            "goodstanding.config.wsgi:application",
        ],
        env=environment,
    )

    def stop(*_: Any) -> None:
        for each in (web, worker):
            each.terminate()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    code = web.wait()
    worker.terminate()
    worker.wait()
    sys.exit(code if code > 0 else 0)
