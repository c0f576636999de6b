"""Bytes that come in parts, as a file for as long as it is read."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def as_file(parts: Iterable[bytes]) -> Iterator[Path]:
    """Put the parts into a file of their own and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="goodstanding-") as folder:
        path = Path(folder) / "file"
        with path.open("wb") as file:
            file.writelines(parts)
        yield path
