"""Which priority? A few plain questions, and the priority that the answers come to (requirements TIER-3)."""

from django.http import HttpRequest, HttpResponse

from goodstanding.apps.tenancy.roles import May
from goodstanding.core.commerce.priorities import DEFINITIONS, Family
from goodstanding.core.desk.classify import Facts, Hit, WayRound, classify
from goodstanding.delivery import words
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page


@needs(May.SEE_TICKETS)
def classifier(request: HttpRequest) -> HttpResponse:
    """Ask, and propose; a person confirms."""
    asked = request.GET
    proposals = []
    if asked.get("hit") in set(Hit):
        facts = Facts(
            hit=Hit(asked["hit"]),
            way_round=WayRound(asked["way_round"]) if asked.get("way_round") in set(WayRound) else WayRound.NONE,
            users=int(asked["users"]) if asked.get("users", "").isdecimal() and len(asked["users"]) < 10 else None,
        )
        for family, letter, plan in ((Family.SUPPORT_PLAN, "P", "Support plan"), (Family.RETAINER, "S", "Retainer")):
            found = classify(facts, family=family)
            definition = DEFINITIONS[family][found.rank - 1]
            proposals.append((plan, found.priority(letter), definition, words.PROPOSED[found.reason]))
    context = {
        "proposals": proposals,
        "hits": [(each.value, words.HIT[each]) for each in Hit],
        "ways": [(each.value, words.WAY_ROUND[each]) for each in WayRound],
        "hit": asked.get("hit", ""),
        "way_round": asked.get("way_round", ""),
        "users": asked.get("users", ""),
        "definitions": [("Support plan", DEFINITIONS[Family.SUPPORT_PLAN]), ("Retainer", DEFINITIONS[Family.RETAINER])],
    }
    return page(request, "desk/classify.html", context, here="tiers")
