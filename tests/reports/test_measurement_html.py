"""The page of a measurement: whole, safe with what files say, and needing nothing else."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import goodstanding.delivery.web.frame
from goodstanding.core.figures.numbers import Share
from goodstanding.delivery import words_of_measurement as voice
from goodstanding.reports.brand import COLOURS, SHAPES, shape, state
from goodstanding.reports.charts import share_bar
from goodstanding.reports.measurement_html import MOST_BREACHES, measurement_html
from tests.reports.measured import measured, with_many_breaches

VOID = {"meta", "rect", "circle", "path"}


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.texts, self.attributes = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def printed(file):
    return "".join(measurement_html(file, voice))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return printed(measured(tmp_path_factory.mktemp("page"), what_if="platinum"))


def test_the_page_is_well_formed_and_every_table_has_heads_and_rows(page):
    found = Page(page)

    assert found.open == []
    assert found.tags.count("table") == found.tags.count("thead") == found.tags.count("tbody") >= 7
    assert found.tags.count("h1") == 1
    assert ("th", "scope", "col") in found.attributes
    assert ("th", "scope", "row") in found.attributes
    assert found.tags.count("caption") >= 5


def test_the_page_loads_and_runs_nothing(page):
    found = Page(page)

    assert not {"script", "link", "img", "iframe", "object"} & set(found.tags)
    assert not re.search(r"https?:|url\(|@import", page)
    assert not any(name.startswith("on") or name in ("src", "href") for _, name, _ in found.attributes)
    assert "default-src 'none'" in page.replace("&#x27;", "'")


def test_what_the_file_says_is_text_and_never_markup(page):
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne" in page


def test_the_title_is_the_answer(page):
    said = re.search("<h1>(.*?)</h1>", page)[1]

    # A is met, B and C are not; F is met under Active.
    assert said == "50.0 % of tickets without a breach under Gold, Active: 2 tickets of 4 breached"
    assert f"<title>{said}</title>" in page


def test_both_themes_print_and_narrow_windows_are_cared_for(page):
    for rule in ("light-dark(", "@media print", "@media screen and (max-width: 720px)", "color-scheme: light dark"):
        assert rule in page


def test_states_are_a_shape_a_colour_and_a_word(page):
    assert state("unknown", "No data") in page
    assert shape("breached") in page
    assert state("met", "Met").count("<svg") == 1


def test_everything_of_the_measurement_is_on_the_page(page):
    text = " ".join(" ".join(Page(page).texts).split())

    for said in (
        "What if: Platinum instead of Gold, Active",
        "Under Active the file’s priorities are read by rank: P2 as S2.",
        "3 business days of support hours",
        "2 rows set aside",
        "line 5: priority “P9” is no priority that is known",
        "is no tier that ships nor the one given",
        "mean 1 h 47 min",
        "A clock counts in the month of its breach, else of its stop, in Europe/Rome.",
    ):
        assert said in text


def test_no_breach_is_said(tmp_path):
    found = printed(measured(tmp_path, "ticket,opened,resolved,priority\nA,2026-03-02 09:00,2026-03-02 10:00,P1\n"))

    assert "No breaches" in found
    assert "every ticket was met" in found


def test_breaches_beyond_what_a_browser_shows_are_counted_and_their_place_named(tmp_path):
    found = printed(with_many_breaches(measured(tmp_path), MOST_BREACHES + 5))

    assert found.count('class="state breached"') == MOST_BREACHES
    assert "The latest 10,000 are here; all are in the JSON file." in found


def test_bars_keep_met_and_breached_apart_without_colour():
    assert 'class="none"' in share_bar(Share(0, 0))
    half = share_bar(Share(1, 2))
    assert 'class="met" width="47.0" height="8"' in half
    assert 'class="breached" x="49.0" y="2" width="47.0" height="4"' in half
    assert 'class="breached" x="96.0" y="2" width="0.0"' in share_bar(Share(2, 2))


def test_the_brand_has_the_values_of_the_sites_token_sheet():
    sheet = (Path(goodstanding.delivery.web.frame.__file__).parent / "static/goodstanding/frame.css").read_text()
    sheet = sheet[: sheet.index("}")]
    site = dict(re.findall(r"--([a-z-]+): (light-dark\([^;]+\));", sheet))

    assert {name: tint.css for name, tint in COLOURS.items()} == {name: site.get(name) for name in COLOURS}
    assert set(SHAPES) == {"met", "breached", "at_risk", "paused", "unknown"}
