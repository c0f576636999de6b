"""People: who signs in here, and with which roles."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from goodstanding.apps.tenancy import actions
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import CLIENT_ROLES, May, Role
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.delivery.web.desk.once import keep_to_show, show_once
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page

LONGEST_EMAIL, LONGEST_NAME = 254, 200
ROLES = {
    Role.PLATFORM_ADMIN: "Platform administrator",
    Role.PARTNER_ADMIN: "Administrator",
    Role.MANAGER: "Manager",
    Role.TEAM_LEAD: "Team lead",
    Role.AGENT: "Agent",
    Role.ACCOUNT_MANAGER: "Account manager",
    Role.CUSTOMER_SUCCESS: "Customer success",
    Role.FINANCE: "Finance",
    Role.HOSTING: "Hosting operations",
    Role.PARTNER_MANAGER: "Partner manager",
    Role.EXECUTIVE: "Executive, read only",
    Role.CLIENT_ADMIN: "Client administrator",
    Role.CLIENT_VIEWER: "Client, read only",
}


@needs(May.SEE_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with a role here."""
    context = {
        "people": tenancy.people(request.scope),
        "roles": ROLES,
        "offered": [(role.value, ROLES[role]) for role in Role if role is not Role.PLATFORM_ADMIN],
        "of_clients": [role.value for role in CLIENT_ROLES],
        "clients": tenancy.clients(request.scope),
        "link": show_once(request, "sign_in_link"),
    }
    return page(request, "desk/people.html", context, here="people")


@needs(May.SET_PEOPLE)
@require_POST
def add_person(request: HttpRequest) -> HttpResponse:
    """Give somebody a role, and show once the link with which they choose a password."""
    email, name = request.POST.get("email", "").strip(), request.POST.get("name", "").strip()
    try:
        validate_email(email)
        if len(email) > LONGEST_EMAIL or len(name) > LONGEST_NAME:
            raise ValidationError("too long")
        role = Role(request.POST.get("role", ""))
        of_client = request.POST.get("client", "") if role in CLIENT_ROLES else ""
        client = next((each for each in tenancy.clients(request.scope) if str(each.public_id) == of_client), None)
        pk = actions.set_up_person(
            request.scope,
            email=email,
            name=name or email,
            role=role,
            partner=tenancy.home_partner(request.scope).pk,
            client=client.pk if client else None,
        )
    except (ValidationError, ValueError):
        messages.error(request, f"Not added: give an e-mail address, a name of at most {LONGEST_NAME} letters and a role.")
    except (Conflict, NotFound) as error:
        messages.error(request, f"Not added: {error}.")
    else:
        invited = actions.invite(request.scope, pk)
        if invited is not None:
            path = reverse("account_reset_password_from_key", kwargs={"uidb36": invited.person, "key": invited.token})
            keep_to_show(request, "sign_in_link", request.build_absolute_uri(path))
        messages.success(request, f"{name or email} is now {ROLES[role]}.")
    return redirect("people")
