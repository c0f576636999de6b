"""What is done within is undone after it, so that a test tries several things from one beginning that was made once."""

from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
