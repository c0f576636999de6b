"""What the tests of the way out share: the system's certificate authorities, which are dear to read."""

from functools import cache

import httpx2
import pytest


@pytest.fixture(scope="package", autouse=True)
def authorities_read_once():
    """Senders that trust the system share what was read for the first of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx2, "create_ssl_context", cache(httpx2.create_ssl_context))
        yield
