"""What can go wrong with an Odoo server, in plain words and with what a person can do about it."""

from goodstanding.adapters.outbound.trouble import Refused, TooLarge, Trouble, Unexpected, Unreachable

__all__ = [
    "BadCredentials",
    "ForeignSession",
    "ManyDatabases",
    "NoApi",
    "NoDatabase",
    "NoMethod",
    "NoModel",
    "NoRight",
    "NotOdoo",
    "Refused",
    "TooLarge",
    "TooOld",
    "Trouble",
    "TwoFactor",
    "Unexpected",
    "UnknownField",
    "Unreachable",
]


class BadCredentials(Refused):
    """Odoo does not know the login with this secret, or no longer."""

    def __init__(self, *, before: bool = False) -> None:
        """`before` says that the same credentials were good once."""
        super().__init__(
            "Odoo no longer accepts these credentials." if before else "Odoo does not accept this login with this secret.",
            advice=(
                "The password was changed, the account archived, or the API key revoked or expired. Enter a new API key."
                if before
                else "Check the login and the API key or password. An account with two-factor authentication needs an API key,"
                " and from Odoo 19 on every account does. After several failed tries Odoo may refuse even the right password"
                " for a minute."
            ),
        )


class TwoFactor(BadCredentials):
    """The password is right, but the account asks for a second factor, which only an API key passes."""

    def __init__(self) -> None:
        super().__init__()
        self.args = ("This account uses two-factor authentication, so its password does not work here.",)
        self.said = self.args[0]
        self.advice = "Make an API key in Odoo (Preferences, Account Security, New API Key) and enter it as the password."


class NoDatabase(Refused):
    """There is no database of this name, or it takes no connections."""

    def __init__(self) -> None:
        super().__init__(
            "Odoo has no usable database of this name.",
            advice="Check the name of the database: it is shown at the top of Odoo's page of databases and in developer mode.",
        )


class ManyDatabases(Refused):
    """The server does not say which database is meant: it holds several, or lists none."""

    def __init__(self, count: int | None) -> None:
        """`count` is the number of databases, or None where the server does not list them. Their names are not told."""
        super().__init__(
            "This Odoo server does not list its databases."
            if count is None
            else "This Odoo server holds no database."
            if count == 0
            else f"This Odoo server holds {count} databases.",
            advice="Enter the name of the database." if count != 0 else "Check the address, or create a database first.",
        )
        self.count = count


class NoRight(Refused):
    """The account may not do this with the model."""

    def __init__(self, model: str) -> None:
        super().__init__(
            f"The account has no right to this in Odoo: {model}.",
            advice=f"Give a group of this account read access to {model}, and record rules that show it the records.",
        )
        self.model = model


class NoModel(Refused):
    """The database has no such model: its module is not installed."""

    def __init__(self, model: str) -> None:
        super().__init__(
            f"This Odoo database has no {model}.", advice="The module that brings it is not installed in this database."
        )
        self.model = model


class NoApi(Refused):
    """The server answers, but none of its external interfaces does."""

    def __init__(self) -> None:
        super().__init__(
            "Odoo's external interface is switched off or blocked.",
            advice="Allow /json/2 (Odoo 19 and later), /jsonrpc or /xmlrpc/2 through the proxy in front of Odoo; in Odoo 19 and"
            " later the module RPC (rpc) must be installed.",
        )


class NotOdoo(Refused):
    """Something else than Odoo answered: a proxy's page, a sign-in page, a redirect, another program."""

    def __init__(self, *, moved: bool = False, guarded: bool = False) -> None:
        """`moved` tells of a redirect, `guarded` of a page that asks for a password before Odoo is reached."""
        if guarded:
            said, advice = "A proxy in front of Odoo asks for a password of its own.", "Let this product pass that proxy."
        elif moved:
            said, advice = "This address sends on to another one.", "Enter the address that Odoo ends up at, with https."
        else:
            said = "This address answers with something that is not Odoo's."
            advice = "Check the address. A proxy, a firewall or a sign-in page may stand before Odoo: let this product pass it."
        super().__init__(said, advice=advice)


class ForeignSession(Refused):
    """A session cookie travelled with the API key, and belongs to somebody else."""

    def __init__(self) -> None:
        super().__init__(
            "A session of another user was sent along with the API key.",
            advice="Something between this product and Odoo adds cookies: have the proxy in front of Odoo leave them alone.",
        )


class TooOld(Refused):
    """The server is older than the versions that are supported."""

    def __init__(self, series: str, oldest: str) -> None:
        super().__init__(
            f"This is Odoo {series}; versions from {oldest} on are supported.", advice="Upgrade Odoo, or import its tickets."
        )


class NoMethod(Unexpected):
    """The model has no such method in this version."""

    def __init__(self, model: str, method: str) -> None:
        super().__init__(f"This version of Odoo has no {method} on {model}.")


class UnknownField(Unexpected):
    """A condition, an order or a grouping names a field that this database does not have or does not show."""

    def __init__(self, model: str, field: str) -> None:
        super().__init__(f"This Odoo database shows no field {field} on {model}.")
        self.model, self.field = model, field
