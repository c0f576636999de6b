"""The six clients in other parts of the world, whose days are Europe's evenings and nights."""

from typing import Final

from goodstanding.adapters.demo.cast import EVERYDAY, Client, Promise, Season, contacts_at, working

FAR_AWAY: Final = (
    Client(
        key="hudson-vale",
        code="HV",
        name="Hudson Vale Dental Group",
        city="Poughkeepsie",
        country="US",
        zone="America/New_York",
        industry="clinics",
        trait="brings a new practice onto the system each spring",
        promises=(Promise("gold"),),
        hours="zone: America/New_York\npreset: 18/7\n",
        contacts=contacts_at(
            "hudson-vale",
            ("Karen Whitlock", "k.whitlock", "Director of operations"),
            ("Luis Ferreyra", "l.ferreyra", "IT manager"),
            ("Denise Okafor", "d.okafor", "Billing lead"),
            ("Brian Tull", "b.tull", "Practice manager"),
        ),
        colleagues=("Megan Sayles", "Anthony Rizzi", "Joy Castellan", "Peter Van Dorn", "Alicia Mendes"),
        office=working("08:00-12:30", "13:00-17:30"),
        named="Ana Beltrão",
        currency="USD",
        topics=EVERYDAY | {"appointments": 10, "people": 4, "purchase": 3, "stock": 2},
        products=("Composite filling kit", "Hygiene visit", "Implant crown", "Night guard"),
        weekly=16,
        nights=0.1,
        weekends=0.16,
        seasons=(Season((12, 23), (1, 2), 0.5), Season((7, 3), (7, 5), 0.5), Season((11, 24), (11, 28), 0.7)),
        go_live=(4, 13),
        lateness=0.95,
    ),
    Client(
        key="serra-mansa",
        code="SM",
        name="Serra Mansa Alimentos",
        city="Campinas",
        country="BR",
        zone="America/Sao_Paulo",
        industry="food",
        trait="the client with the most broken promises",
        promises=(Promise("silver"),),
        hours=(
            "zone: America/Sao_Paulo\n"
            "week:\n"
            '  mon: ["08:00-12:00", "13:00-18:00"]\n'
            '  tue: ["08:00-12:00", "13:00-18:00"]\n'
            '  wed: ["08:00-12:00", "13:00-18:00"]\n'
            '  thu: ["08:00-12:00", "13:00-18:00"]\n'
            '  fri: ["08:00-12:00", "13:00-18:00"]\n'
            '  sat: ["08:00-12:00"]\n'
            "holidays: {country: BR, subdivision: SP}\n"
        ),
        contacts=contacts_at(
            "serra-mansa",
            ("Renata Figueira", "r.figueira", "Controller"),
            ("Caio Brandão", "c.brandao", "IT analyst"),
            ("Luciana Prates", "l.prates", "Dispatch"),
        ),
        colleagues=("Rafael Teles", "Bianca Moura", "Otávio Salles", "Juliana Coutinho", "Edson Vieira"),
        office=working("08:00-12:00", "13:00-17:45"),
        currency="BRL",
        authority="SEFAZ",
        topics=EVERYDAY | {"sales": 6, "stock": 7, "purchase": 4, "mrp": 5, "einvoice": 8},
        products=("Guava paste 500 g", "Cassava flour 1 kg", "Cashew nuts 200 g", "Mango pulp drum"),
        weekly=13,
        seasons=(Season((12, 22), (1, 3), 0.5),),
        reopens=0.05,
        lateness=2.4,
    ),
    Client(
        key="marsa-lulwa",
        code="ML",
        name="Marsa Lulwa Trading",
        city="Dubai",
        country="AE",
        zone="Asia/Dubai",
        industry="wholesale",
        trait="trades in five currencies and works until midnight",
        promises=(Promise("gold"),),
        hours="zone: Asia/Dubai\npreset: 18/7\n",
        contacts=contacts_at(
            "marsa-lulwa",
            ("Faisal Al Remeithi", "f.alremeithi", "General manager"),
            ("Shabnam Qureshi", "s.qureshi", "Finance"),
            ("Jomar Villareal", "j.villareal", "Warehouse"),
        ),
        colleagues=("Noura Saif", "Rakesh Menon", "Aylin Demir", "Hamdan Obaid"),
        office=working("08:00-13:00", "14:00-18:00"),
        named="Luca Dequal",
        currency="AED",
        topics=EVERYDAY | {"sales": 7, "stock": 7, "purchase": 7, "bank": 8},
        products=("Cardamom 25 kg", "Basmati rice 40 kg", "Rose water 1 l", "Dates Khalas 5 kg"),
        weekly=12,
        nights=0.14,
        weekends=0.16,
    ),
    Client(
        key="nakheel-wadi",
        code="NW",
        name="Nakheel Wadi Medical Supplies",
        city="Riyadh",
        country="SA",
        zone="Asia/Riyadh",
        industry="wholesale",
        trait="works from Sunday to Thursday",
        promises=(Promise("light"),),
        hours=(
            "zone: Asia/Riyadh\n"
            "week:\n"
            '  sun: ["08:00-12:00", "13:00-17:00"]\n'
            '  mon: ["08:00-12:00", "13:00-17:00"]\n'
            '  tue: ["08:00-12:00", "13:00-17:00"]\n'
            '  wed: ["08:00-12:00", "13:00-17:00"]\n'
            '  thu: ["08:00-12:00", "13:00-17:00"]\n'
            "holidays: {country: SA}\n"
        ),
        contacts=contacts_at(
            "nakheel-wadi",
            ("Sultan Al Harthy", "s.alharthy", "IT manager"),
            ("Maha Al Ruwaili", "m.alruwaili", "Chief accountant"),
        ),
        colleagues=("Yousef Nasser", "Amal Turki", "Imran Siddiq"),
        office=working("08:00-12:00", "13:00-16:30", days=("sun", "mon", "tue", "wed", "thu")),
        currency="SAR",
        authority="ZATCA",
        topics=EVERYDAY | {"sales": 4, "stock": 6, "purchase": 5, "einvoice": 8, "custom": 6},
        products=("Nitrile gloves box of 100", "Infusion set", "Surgical mask FFP2", "Saline 500 ml"),
        weekly=6,
        ranks=(0.03, 0.15, 0.47, 0.35),
    ),
    Client(
        key="suvarnika",
        code="SC",
        name="Suvarnika Castings",
        city="Pune",
        country="IN",
        zone="Asia/Kolkata",
        industry="manufacturing",
        trait="builds something new every month, Monday to Saturday",
        promises=(Promise("active"),),
        hours=(
            "zone: Asia/Kolkata\n"
            "week:\n"
            '  mon: ["09:30-13:30", "14:00-18:30"]\n'
            '  tue: ["09:30-13:30", "14:00-18:30"]\n'
            '  wed: ["09:30-13:30", "14:00-18:30"]\n'
            '  thu: ["09:30-13:30", "14:00-18:30"]\n'
            '  fri: ["09:30-13:30", "14:00-18:30"]\n'
            '  sat: ["09:30-14:00"]\n'
            "holidays: {country: IN, subdivision: MH}\n"
        ),
        contacts=contacts_at(
            "suvarnika",
            ("Aniket Deshmukh", "a.deshmukh", "Head of IT"),
            ("Kavita Joglekar", "k.joglekar", "Plant accounts"),
            ("Rohan Pathare", "r.pathare", "Production"),
        ),
        colleagues=("Smita Gokhale", "Vikram Salunkhe", "Neha Kelkar", "Pradeep Jadhav"),
        office=working("09:30-13:30", "14:00-18:15") | {"sat": ("09:30-14:00",)},
        named="Tomaž Leban",
        currency="INR",
        authority="the IRP",
        topics=EVERYDAY | {"mrp": 9, "stock": 5, "purchase": 5, "einvoice": 5, "people": 3, "custom": 9, "integration": 6},
        products=("Valve body VB-80", "Impeller 180 mm", "Pattern 44-B", "Bracket casting SG-500"),
        weekly=12,
        ranks=(0.03, 0.15, 0.47, 0.35),
        lateness=1.1,
    ),
    Client(
        key="tussock",
        code="TT",
        name="Tussock & Tide Homeware",
        city="Auckland",
        country="NZ",
        zone="Pacific/Auckland",
        industry="eCommerce",
        trait="sells around the clock while Europe sleeps",
        promises=(Promise("platinum"),),
        hours="zone: Pacific/Auckland\npreset: 24/7\n",
        contacts=contacts_at(
            "tussock",
            ("Jess Harwood", "j.harwood", "Head of eCommerce"),
            ("Tane Rewiti", "t.rewiti", "Fulfilment"),
            ("Megan Luxton", "m.luxton", "Finance"),
            ("Arjun Pillay", "a.pillay", "Web developer"),
        ),
        colleagues=("Sam Carrick", "Lucy Tamatea", "Ollie Brooker", "Mei Zhang", "Kirsty Dunn"),
        office=working("08:30-12:30", "13:00-17:30"),
        named="Hana Ngata",
        currency="NZD",
        topics=EVERYDAY | {"shop": 13, "stock": 7, "sales": 3, "purchase": 3, "pos": 3, "integration": 6},
        products=("Wool throw 130 x 170", "Stoneware mug set", "Linen duvet cover queen", "Oak serving board"),
        weekly=17,
        nights=0.16,
        weekends=0.45,
        seasons=(Season((11, 18), (12, 22), 1.2), Season((12, 25), (1, 5), 0.7)),
        lateness=0.85,
    ),
)
