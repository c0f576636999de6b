"""How long one call may take and how much may come back, redirects included."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one call (metrics.md G.2 7 and 9). Bytes are counted while they arrive, so nothing larger is ever held."""

    connect_seconds: float = 5.0
    """Name lookup, connection and TLS handshake together."""
    total_seconds: float = 20.0
    """From the call to its answer, every redirect and the last byte of the body included."""
    wire_bytes: int = 10 * MEGABYTE
    """A body as it arrives."""
    body_bytes: int = 50 * MEGABYTE
    """A body once decompressed."""
    hops: int = 3
    """Redirects followed, by a sender that follows any."""
