"""The six clients in Europe: each with hours, people and habits of its own."""

from typing import Final

from goodstanding.adapters.demo.cast import CHRISTMAS, EVERYDAY, Client, Promise, Season, contacts_at, working

_ITALIAN_SEASONS: Final = (Season((8, 1), (8, 31), 0.5), Season((8, 10), (8, 20), 0.5), CHRISTMAS)

IN_EUROPE: Final = (
    Client(
        key="carsina",
        code="TC",
        name="Torrefazione Carsina",
        city="Trieste",
        country="IT",
        zone="Europe/Rome",
        industry="food",
        trait="a coffee roaster that moved from Silver to Gold",
        promises=(Promise("silver", 0, 274), Promise("gold", 274)),
        hours=(
            "zone: Europe/Rome\n"
            "week:\n"
            '  mon: ["06:00-20:00"]\n'
            '  tue: ["06:00-20:00"]\n'
            '  wed: ["06:00-20:00"]\n'
            '  thu: ["06:00-20:00"]\n'
            '  fri: ["06:00-20:00"]\n'
            '  sat: ["06:00-14:00"]\n'
            "holidays: {country: IT, subdivision: TS}\n"
        ),
        contacts=contacts_at(
            "carsina",
            ("Michela Stoka", "m.stoka", "IT and logistics"),
            ("Fabio Crevatin", "f.crevatin", "Administration"),
            ("Irena Purini", "i.purini", "Shop manager"),
        ),
        colleagues=("Andrea Godina", "Silvia Ukmar", "Boris Danieli", "Chiara Milic", "Stefano Apollonio"),
        office=working("07:30-12:30", "13:30-17:30") | {"sat": ("08:00-12:00",)},
        named="Sara Zuliani",
        currency="EUR",
        authority="SdI",
        topics=EVERYDAY | {"sales": 5, "stock": 6, "purchase": 4, "mrp": 3, "pos": 7, "einvoice": 4},
        products=("Espresso blend 1 kg", "Decaf capsules 100 pcs", "Green beans Sidamo 60 kg", "Moka gift box"),
        weekly=15,
        nights=0.04,
        seasons=_ITALIAN_SEASONS,
    ),
    Client(
        key="ferrandis",
        code="OF",
        name="Officine Ferrandis",
        city="Bergamo",
        country="IT",
        zone="Europe/Rome",
        industry="manufacturing",
        trait="writes most at the turn of the month and closes for two weeks in August",
        promises=(Promise("bronze"),),
        hours=(
            "zone: Europe/Rome\n"
            "week:\n"
            '  mon: ["08:30-12:30", "14:00-18:00"]\n'
            '  tue: ["08:30-12:30", "14:00-18:00"]\n'
            '  wed: ["08:30-12:30", "14:00-18:00"]\n'
            '  thu: ["08:30-12:30", "14:00-18:00"]\n'
            '  fri: ["08:30-12:30", "14:00-17:00"]\n'
            "holidays: {country: IT, subdivision: BG}\n"
        ),
        own_closure=True,
        contacts=contacts_at(
            "ferrandis",
            ("Giorgio Locatelli", "g.locatelli", "IT manager"),
            ("Paola Carminati", "p.carminati", "Head of accounts"),
            ("Matteo Belotti", "m.belotti", "Production planning"),
            ("Laura Signorelli", "l.signorelli", "Purchasing"),
        ),
        colleagues=("Ivan Rota", "Daniela Mazzoleni", "Omar Capelli", "Cristina Vavassori", "Luigi Ghezzi"),
        office=working("08:00-12:30", "13:30-17:30"),
        currency="EUR",
        authority="SdI",
        topics=EVERYDAY | {"sales": 4, "stock": 5, "purchase": 5, "mrp": 9, "einvoice": 5, "people": 2},
        products=("Flange DN50", "Pump housing PH-220", "Drive shaft 40 mm", "Gasket set G7"),
        weekly=14,
        month_end=2.0,
        seasons=_ITALIAN_SEASONS,
        lateness=0.9,
    ),
    Client(
        key="santa-livia",
        code="SL",
        name="Poliambulatorio Santa Livia",
        city="Bologna",
        country="IT",
        zone="Europe/Rome",
        industry="clinics",
        trait="no promise to them has ever been broken",
        promises=(Promise("platinum"),),
        hours="zone: Europe/Rome\npreset: 24/7\n",
        contacts=contacts_at(
            "santa-livia",
            ("Roberta Zanotti", "r.zanotti", "IT coordinator"),
            ("Claudio Righi", "c.righi", "Medical secretariat"),
            ("Teresa Gamberini", "t.gamberini", "Billing"),
        ),
        colleagues=("Enrico Sarti", "Valeria Monti", "Nicola Fabbri", "Sonia Minelli"),
        office=working("07:30-13:00", "13:30-19:00") | {"sat": ("08:00-13:00",)},
        named="Marta Bressan",
        currency="EUR",
        authority="SdI",
        topics=EVERYDAY | {"appointments": 11, "einvoice": 5, "people": 3, "purchase": 2},
        products=("Cardiology first visit", "Physiotherapy 10 sessions", "Blood panel base", "Ultrasound abdomen"),
        weekly=14,
        nights=0.14,
        weekends=0.25,
        seasons=_ITALIAN_SEASONS,
        lateness=0.0,
    ),
    Client(
        key="brackwell",
        code="BT",
        name="Brackwell & Thorne",
        city="London",
        country="GB",
        zone="Europe/London",
        industry="professional services",
        trait="surveyors who live in their timesheets",
        promises=(Promise("silver"),),
        hours=(
            "zone: Europe/London\n"
            "week:\n"
            '  mon: ["08:00-18:30"]\n'
            '  tue: ["08:00-18:30"]\n'
            '  wed: ["08:00-18:30"]\n'
            '  thu: ["08:00-18:30"]\n'
            '  fri: ["08:00-18:30"]\n'
            "holidays: {country: GB, subdivision: ENG}\n"
        ),
        contacts=contacts_at(
            "brackwell",
            ("Oliver Hartnell", "o.hartnell", "Operations director"),
            ("Priya Nair", "p.nair", "Systems analyst"),
            ("Gemma Aldous", "g.aldous", "Finance controller"),
        ),
        colleagues=("Tom Wexley", "Rachel Iveson", "Dominic Carr", "Helen Marchant", "Sanjay Bose"),
        office=working("08:45-12:45", "13:30-17:30"),
        currency="GBP",
        topics=EVERYDAY | {"sales": 5, "people": 10, "reports": 8},
        products=("Building survey level 3", "Valuation report", "Party wall notice", "Retainer hours"),
        weekly=14.5,
        seasons=(CHRISTMAS, Season((8, 1), (8, 31), 0.8)),
    ),
    Client(
        key="pellerin",
        code="PD",
        name="Pellerin Distribution",
        city="Lyon",
        country="FR",
        zone="Europe/Paris",
        industry="wholesale",
        trait="loads lorries on Friday night and reopens many tickets",
        promises=(Promise("silver"),),
        hours=(
            "zone: Europe/Paris\n"
            "week:\n"
            '  mon: ["07:30-12:00", "13:30-18:30"]\n'
            '  tue: ["07:30-12:00", "13:30-18:30"]\n'
            '  wed: ["07:30-12:00", "13:30-18:30"]\n'
            '  thu: ["07:30-12:00", "13:30-18:30"]\n'
            '  fri: ["07:30-12:00", "13:30-18:30", "22:00-06:00"]\n'
            "holidays: {country: FR}\n"
        ),
        contacts=contacts_at(
            "pellerin",
            ("Camille Vasseur", "c.vasseur", "Logistics manager"),
            ("Bastien Lemoine", "b.lemoine", "IT"),
            ("Sophie Arnaud", "s.arnaud", "Accounts"),
        ),
        colleagues=("Julien Perrot", "Nadège Faure", "Karim Belkacem", "Élodie Marchand", "Thierry Combe"),
        office=working("08:00-12:00", "13:30-18:00"),
        currency="EUR",
        authority="Chorus Pro",
        topics=EVERYDAY | {"sales": 6, "stock": 9, "purchase": 6, "einvoice": 3},
        products=("Crate of citrus 10 kg", "Olive oil 5 l", "Pallet of canned tomatoes", "Chestnut cream 24 x 250 g"),
        weekly=13.5,
        seasons=(CHRISTMAS, Season((8, 1), (8, 25), 0.6)),
        reopens=0.11,
        lateness=1.15,
    ),
    Client(
        key="kaltenegger",
        code="KH",
        name="Kaltenegger Holzbau",
        city="Graz",
        country="AT",
        zone="Europe/Vienna",
        industry="manufacturing",
        trait="slow to answer: the people who know are on building sites",
        promises=(Promise("bronze"),),
        hours=(
            "zone: Europe/Vienna\n"
            "week:\n"
            '  mon: ["07:00-12:00", "12:45-16:30"]\n'
            '  tue: ["07:00-12:00", "12:45-16:30"]\n'
            '  wed: ["07:00-12:00", "12:45-16:30"]\n'
            '  thu: ["07:00-12:00", "12:45-16:30"]\n'
            '  fri: ["07:00-13:00"]\n'
            'holidays: {country: AT, subdivision: "6"}\n'
        ),
        contacts=contacts_at(
            "kaltenegger",
            ("Johannes Pirker", "j.pirker", "Managing director"),
            ("Verena Sommer", "v.sommer", "Office"),
        ),
        colleagues=("Markus Egger", "Katharina Leitner", "Stefan Wallner", "Birgit Hofer"),
        office=working("07:00-12:00", "12:45-16:15"),
        currency="EUR",
        topics=EVERYDAY | {"sales": 5, "stock": 4, "purchase": 6, "mrp": 7, "people": 4},
        products=("Glulam beam 160/320", "Roof truss set", "Larch cladding 27 mm", "Stair kit straight"),
        weekly=9,
        seasons=(CHRISTMAS, Season((7, 25), (8, 20), 0.75)),
        asked=1.3,
        slowness=2.2,
        lateness=0.8,
    ),
)
