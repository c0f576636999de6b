"""Odoo's exceptions as the demo Odoo raises them: classes and codes as measured, texts in their manner."""


class OdooError(Exception):
    """An exception inside Odoo: its class with module, its message, and its XML-RPC fault code."""

    def __init__(self, name: str, message: str, *, fault: int = 1, status: int = 500) -> None:
        """`status` is that of JSON-2."""
        super().__init__(message)
        self.name, self.message, self.fault, self.status = name, message, fault, status

    @property
    def debug(self) -> str:
        """A traceback in the manner of a server's, which no client should ever show."""
        frames = '  File "/opt/odoo/odoo/api.py", line 482, in call_kw\n    result = getattr(recs, name)(*args, **kwargs)\n'
        return f"Traceback (most recent call last):\n{frames}{self.name.removeprefix('builtins.')}: {self.message}\n"


def denied() -> OdooError:
    """The login or its secret is wrong."""
    return OdooError("odoo.exceptions.AccessDenied", "Access Denied", fault=3, status=403)


def barred(label: str, model: str, doing: str) -> OdooError:
    """The account's groups give no right on the model."""
    verb = {"read": "access", "write": "modify", "create": "create", "unlink": "delete"}[doing]
    text = (
        f"You are not allowed to {verb} '{label}' ({model}) records.\n\nThis operation is allowed for the following groups:\n"
        "\t- Administration/Settings\n\nContact your administrator to request access if necessary."
    )
    return OdooError("odoo.exceptions.AccessError", text, fault=4, status=403)


def barred_field(label: str, model: str, field: str, uid: int) -> OdooError:
    """A field that is for administrators only was asked for by name."""
    text = (
        f'You do not have enough rights to access the fields "{field}" on {label} ({model}). Please contact your system '
        f"administrator.\n\nOperation: read\nUser: {uid}\nFields:\n- {field} (allowed for groups 'Administration / Settings')"
    )
    return OdooError("odoo.exceptions.AccessError", text, fault=4, status=403)


def barred_record(label: str, model: str, uid: int) -> OdooError:
    """A record rule hides a record that was named by number."""
    text = (
        "Uh-oh! Looks like you have stumbled upon some top-secret records.\n\n"
        f"Sorry, User (id={uid}) doesn't have 'read' access to:\n- {label} ({model})"
    )
    return OdooError("odoo.exceptions.AccessError", text, fault=4, status=403)


def private(method: str) -> OdooError:
    """A method that starts with an underscore was called."""
    text = f"Private methods (such as {method}) cannot be called remotely."
    return OdooError("odoo.exceptions.AccessError", text, fault=4, status=403)


def no_model(model: str) -> OdooError:
    """The database has no such model."""
    return OdooError("odoo.exceptions.UserError", f"Object {model} doesn't exist", fault=2)


def no_method(model: str, method: str, major: int) -> OdooError:
    """The model has no such method."""
    if major < 18:
        text = f"type object '{model}' has no attribute '{method}'"
    elif major == 18:
        text = f"The method '{method}' does not exist on the model '{model}'"
    else:
        text = f"The method '{model}.{method}' does not exist"
    return OdooError("builtins.AttributeError", text)


def no_field(model: str, field: str, major: int) -> OdooError:
    """The model has no such field."""
    return OdooError("builtins.ValueError", f"Invalid field '{field}' on {'' if major >= 19 else 'model '}'{model}'")


def no_database(name: str) -> OdooError:
    """PostgreSQL has no such database."""
    text = f'connection to server at "127.0.0.1", port 5432 failed: FATAL:  database "{name}" does not exist\n'
    return OdooError("psycopg2.OperationalError", text)


def http(kind: str, message: str, status: int) -> OdooError:
    """An error of the web server's own, as JSON-2 tells it."""
    return OdooError(f"werkzeug.exceptions.{kind}", message, status=status)
