"""Commands that run the site: serve it, work for it, fill it with the demo."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from types import FrameType

import click
from django.conf import settings
from django.core.management import call_command

from goodstanding.delivery.words_of_escalation import sayer
from goodstanding.delivery.worker.loop import Worker
from goodstanding.flows import play_demo, play_escalation


@click.command()
def migrate() -> None:
    """Bring the database up to this version; says what it does."""
    call_command("migrate", verbosity=1)


@click.command()
@click.option("--demo", is_flag=True, help="Also let the demo's tickets come in.")
def worker(demo: bool) -> None:
    """Do what time and people have made due, until stopped; any number may run."""
    mine = Worker(demo=demo)
    _stop_when_told(mine.stopping)
    mine.run()


def _stop_when_told(stopping: threading.Event) -> None:
    """Set the event at a signal to end, however often it comes.

    A signal interrupts the main thread anywhere, also where it holds the lock that the event needs; so the handler does
    nothing but write, and a thread of its own sets the event.
    """
    heard, told = os.pipe()

    def listen() -> None:
        os.read(heard, 1)
        stopping.set()

    threading.Thread(target=listen, name="signals", daemon=True).start()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: os.write(told, b"."))


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", default=1, show_default=True, help="Web processes.")
def serve(host: str, port: int, processes: int) -> None:
    """Run the site and a worker on this machine, until stopped."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    click.echo(f"Open  http://{host}:{port}/")
    _serve(host, port, processes, demo=False)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--only-data", is_flag=True, help="Bring the data up to now and stop.")
def demo(host: str, port: int, only_data: bool) -> None:
    """Set up a believable partner with its history, and run the site over it."""
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
        play_escalation.set_up(say=sayer(f"http://{host}:{port}"), now=datetime.now(UTC))
        bar.update(100 - shown)
    click.echo(f"{told.tickets:,} tickets, {told.events:,} events, {told.clients} clients.")
    if only_data:
        return
    click.echo(f"\nOpen  http://{host}:{port}/  and sign in as  {told.email}  with the password  {told.password}\n")
    _serve(host, port, 1, demo=True)


def _serve(host: str, port: int, processes: int, *, demo: bool) -> None:
    """Run a web server, and a worker beside it that ends with it."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    if demo:
        environment |= {"GOODSTANDING_DEMO": "true"}
    command = [sys.executable, "-m", "goodstanding", "worker", *(["--demo"] if demo else [])]
    worker = subprocess.Popen(command, env=environment)
    web = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
            *("--workers", str(processes), "--blocking-threads", "4", "--backlog", "256", "--log-level", "warning"),
            "goodstanding.config.wsgi:application",
        ],
        env=environment,
    )

    def stop(_number: int, _frame: FrameType | None) -> None:
        for each in (web, worker):
            each.terminate()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, stop)
    code = web.wait()
    worker.terminate()
    worker.wait()
    sys.exit(max(code, 0))
