"""What can go wrong with a system outside, by what it means for whoever waits for it."""


class Trouble(Exception):
    """Something outside did not do what was asked.

    `said` names the thing and the reason in a sentence for people; `advice` says what a person can do about it. Neither
    ever holds a response's body, a server's traceback, a credential or an address inside somebody's network
    (metrics.md G.2 9).
    """

    again: bool = False
    """Whether the same call may go through later without anybody doing anything."""

    def __init__(self, said: str, *, advice: str = "") -> None:
        super().__init__(said)
        self.said = said
        self.advice = advice


class Unreachable(Trouble):
    """No answer, or none that counts: down, too slow, overloaded. Worth another try later."""

    again = True


class Refused(Trouble):
    """An answer that says no: credentials, rights, or an address that may not be asked. A person has to change something."""


class Unexpected(Trouble):
    """An answer that does not fit what is known of such systems. A case for the maker of this product."""


class TooLarge(Unexpected):
    """An answer that is larger than is read: less may be asked for at a time."""
