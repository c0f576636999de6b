"""What accounts can and cannot read, and the steps to a better one."""

from datetime import timedelta

import pytest

from goodstanding.adapters.odoo.account import Finding, Needed, examine, least_privilege_steps
from goodstanding.adapters.odoo.calls import READS
from goodstanding.adapters.odoo.connection import Access
from goodstanding.adapters.odoo.demo import auditor
from goodstanding.adapters.odoo.version import Version
from tests.adapters.odoo.odoos import KEY, NOW, SERIES, Overheard, accounts, an_odoo, connected


@pytest.mark.parametrize("series", SERIES)
def test_a_least_privilege_account_reads_all_that_tickets_need_and_nothing_is_found_wrong(series):
    report = examine(connected(an_odoo(series)), now=NOW, key_name="goodstanding")

    assert report.login == "auditor"
    assert not report.administrator
    assert report.barred(Needed.TICKETS) == ()
    assert {"helpdesk.ticket", "mail.message", "mail.tracking.value", "project.task"} <= set(report.readable(Needed.TICKETS))
    assert "ir.module.module" in report.readable(Needed.HEALTH)
    assert report.findings == ((Finding.KEY_ENDS,) if series in ("18.0", "19.0") else (Finding.KEY_UNKNOWN,))
    assert (report.companies, report.company_total) == (1, 1)
    assert next(each.records for each in report.reaches if each.model == "helpdesk.ticket") == 3


@pytest.mark.parametrize("series", SERIES)
def test_an_administrator_is_told_of_too_much_right(series):
    report = examine(connected(an_odoo(series), login="admin", secret="b" * 40), now=NOW)

    assert report.administrator
    assert Finding.ADMINISTRATOR in report.findings


@pytest.mark.parametrize("series", SERIES)
def test_an_ordinary_account_sees_no_tickets_and_is_barred_from_much(series):
    report = examine(connected(an_odoo(series), login="basic", secret="c" * 40), now=NOW)

    assert set(report.findings) == {Finding.NONE_SEEN, Finding.BARRED}
    assert {"ir.cron", "ir.config_parameter"} <= set(report.barred(Needed.HEALTH))
    assert "mail.tracking.value" in report.barred(Needed.TICKETS)


def test_modules_that_are_not_installed_are_absent_and_not_barred():
    odoo = an_odoo("18.0", without=["helpdesk.ticket", "helpdesk.ticket.stage", "project.task"])

    report = examine(connected(odoo), now=NOW)

    absent = {each.model for each in report.reaches if each.access is Access.ABSENT}
    assert {"helpdesk.ticket", "project.task"} <= absent
    assert report.findings == (Finding.NO_TICKETS,)


@pytest.mark.parametrize(("series", "ends"), [("18.0", timedelta(days=60)), ("19.0", timedelta(days=60))])
def test_the_expiry_of_a_key_is_read_by_its_name(series, ends):
    connection = connected(an_odoo(series), secret=KEY)

    report = examine(connection, now=NOW, key_name="goodstanding")
    late = examine(connection, now=NOW + timedelta(days=61), key_name="goodstanding")
    other = examine(connection, now=NOW, key_name="another")

    assert report.key is not None
    assert report.key.expires_at == NOW + ends
    assert Finding.KEY_ENDED in late.findings
    assert other.key is None
    assert Finding.KEY_UNKNOWN in other.findings


def test_a_password_on_19_is_told_as_an_interface_that_goes_away():
    report = examine(connected(an_odoo("19.0"), secret="pw-auditor"), now=NOW)

    assert Finding.OLD_INTERFACE in report.findings


@pytest.mark.parametrize("series", SERIES)
def test_examining_reads_and_changes_nothing(series):
    overheard = Overheard(an_odoo(series))
    connection = connected(overheard)
    overheard.asks.clear()

    examine(connection, now=NOW, key_name="goodstanding")

    assert set(overheard.methods()) <= set(READS)


def test_an_account_that_sees_no_tickets_by_its_rules_is_told_so():
    blind = auditor("auditor", "pw", sees_tickets=False, keys=next(each for each in accounts() if each.login == "auditor").keys)

    report = examine(connected(an_odoo("18.0", accounts=[accounts()[0], blind])), now=NOW)

    assert Finding.NONE_SEEN in report.findings


@pytest.mark.parametrize(("major", "words", "without"), [
    (17, ("Access Rights", "Record Rules", "[(1, '=', 1)]", "all companies", "API key"), ("maximum duration", "365")),
    (18, ("Access Rights", "Record Rules", "maximum duration", "365 days", "secret"), ()),
    (20, ("Access lines", "operation Read", "maximum duration"), ("Access Rights", "Record Rules")),
])  # fmt: skip
def test_the_steps_to_a_least_privilege_account_fit_the_version(major, words, without):
    text = " ".join(least_privilege_steps(Version(major)))

    for each in words:
        assert each in text
    for each in without:
        assert each not in text
