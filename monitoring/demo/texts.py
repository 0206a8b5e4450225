"""Sentences of the demonstration world, in the words a director or a member might use."""

PLANS = (
    {
        "title": "Samen lezen, samen spelen",
        "summary": "Peuters en kleuters krijgen elke week samen voorleesuren, en ouders doen mee.",
        "analysis": "Uit de toetsen van groep 2 en de overdracht van de opvang blijkt dat veel kinderen een kleine woordenschat hebben. In de wijk lezen weinig gezinnen thuis voor.",
        "integrated_offer": "Pedagogisch medewerkers en leraren bereiden de middagen samen voor en geven ze samen, met één thema van peuter tot groep 3.",
        "parent_involvement": "Ouders lezen mee in het atelier en krijgen een verteltas mee naar huis. De ouderraad kiest de thema's.",
        "support": "Team, ouderraad en medezeggenschapsraad stemden in met het plan. Het verslag zit bij de bijlagen.",
    },
    {
        "title": "Verlengde dag met sport en muziek",
        "summary": "Na schooltijd is er elke dag een gratis aanbod van sport, muziek en techniek.",
        "analysis": "De monitor van de wijk laat zien dat weinig kinderen lid zijn van een club. Kinderen geven zelf aan dat zij na school willen sporten.",
        "integrated_offer": "De buitenschoolse opvang en de school maken samen één rooster; alle kinderen kunnen meedoen.",
        "parent_involvement": "Ouders helpen bij de workshops en beslissen mee over het aanbod.",
        "support": "De IKC-raad heeft het plan besproken en steunt het. Kinderen maakten een top drie van activiteiten.",
    },
    {
        "title": "Sterk de school in",
        "summary": "Een warme start voor kinderen van twee en drie jaar, met extra aandacht voor taal en spel.",
        "analysis": "Een derde van de kinderen komt zonder voorschool binnen. De GGD ziet dat jonge ouders vaak vragen hebben over opvoeden.",
        "integrated_offer": "De peutergroep en groep 1 werken in één ruimte, met één dagritme en één volgsysteem.",
        "parent_involvement": "Ouders ontwerpen de speelinloop mee en krijgen tips die bij hun kind passen.",
        "support": "Team en ouders zijn vanaf het begin betrokken; de oudergeleding schreef mee aan het plan.",
    },
    {
        "title": "Rekenen en ontdekken buiten",
        "summary": "Kinderen leren rekenen en natuur door te doen, in de schooltuin en in de buurt.",
        "analysis": "De rekenresultaten in groep 5 blijven achter. Kinderen komen weinig buiten en kennen de natuur in de wijk niet.",
        "integrated_offer": "De opvang gebruikt de tuin in de vakanties; medewerkers volgen samen een training buitenleren.",
        "parent_involvement": "Ouders en buren onderhouden de tuin en geven gastlessen.",
        "support": "De wijkvereniging, het team en de medezeggenschapsraad ondertekenden een steunbrief.",
    },
)

# Per plan, in the same order: (name, what, ages, who, domains, goals, finding, months from the start, reach, paid by).
ACTIVITIES = (
    (
        (
            "Leesatelier",
            "Op dinsdag en donderdag lezen leerkrachten en pedagogisch medewerkers samen voor aan kleine groepjes, met één thema per zes weken.",
            ["age_2_3", "age_4_7"],
            "peuters en kleuters met een kleine woordenschat",
            ["language", "social"],
            ["inequality", "quality"],
            "Een derde van de kinderen komt met een kleine woordenschat in groep 3.",
            (1, 11),
            48,
            None,
        ),
        (
            "Leesfeest met ouders",
            "Vier keer per jaar sluiten we een thema af met ouders: voorlezen, spelletjes en een verteltas voor thuis.",
            ["age_2_3", "age_4_7", "parents"],
            "ouders die thuis weinig voorlezen",
            ["language"],
            ["inequality"],
            "In de wijk lezen weinig gezinnen thuis voor.",
            (2, 11),
            70,
            ("de bibliotheek", 400),
        ),
        (
            "Taalcoach op de werkvloer",
            "Een taalcoach kijkt mee op de groepen en bespreekt elke maand met het hele team wat werkt.",
            ["age_2_3", "age_4_7"],
            "",
            ["language"],
            ["quality"],
            "Medewerkers geven aan dat zij meer willen weten over taalstimulering.",
            (0, 6),
            110,
            None,
        ),
    ),
    (
        (
            "Workshops na schooltijd",
            "Op vier middagen per week geven vakdocenten blokken van acht weken sport, muziek en techniek. Meedoen is gratis.",
            ["age_4_7", "age_8_12"],
            "kinderen die geen lid zijn van een club",
            ["movement", "arts", "science"],
            ["inequality", "wellbeing"],
            "Weinig kinderen in de wijk zijn lid van een sportclub of muziekschool.",
            (1, 11),
            120,
            ("het sportbedrijf", 1500),
        ),
        (
            "Voorstelling en toernooi",
            "Elk blok eindigt met een voorstelling of toernooi waar ouders en buren komen kijken.",
            ["age_4_7", "age_8_12", "parents"],
            "",
            ["arts", "social"],
            ["wellbeing"],
            "Kinderen geven zelf aan dat zij willen laten zien wat zij kunnen.",
            (2, 11),
            150,
            None,
        ),
    ),
    (
        (
            "Speelinloop",
            "Elke woensdagochtend spelen ouders en kinderen samen, begeleid door een pedagogisch medewerker en een leerkracht.",
            ["age_0_1", "age_2_3", "parents"],
            "gezinnen die nog geen opvang gebruiken",
            ["social", "language", "movement"],
            ["inequality"],
            "Een derde van de kinderen komt zonder voorschool binnen.",
            (1, 11),
            35,
            None,
        ),
        (
            "Huisbezoek bij nieuwe gezinnen",
            "Een medewerker gaat op bezoek voordat een kind begint en vraagt wat het kind al kan en leuk vindt.",
            ["age_2_3", "parents"],
            "gezinnen met een kind dat bijna drie wordt",
            ["social"],
            ["quality"],
            "Bij de start weten wij vaak weinig van een kind.",
            (0, 11),
            30,
            None,
        ),
        (
            "Opvoedcursus",
            "Twee keer per jaar geeft het Opvoedpunt een cursus van vier avonden over praten, spelen en slapen.",
            ["parents"],
            "ouders met kinderen tot en met 6 jaar",
            ["social"],
            ["wellbeing"],
            "De GGD ziet dat jonge ouders vaak vragen hebben over opvoeden.",
            (2, 10),
            24,
            ("de GGD", 800),
        ),
    ),
    (
        (
            "Buitenles",
            "Elke groep heeft elke week een les buiten: meten, tellen en onderzoeken in de schooltuin en de buurt.",
            ["age_4_7", "age_8_12"],
            "",
            ["maths", "science"],
            ["quality"],
            "De rekenresultaten in groep 5 blijven achter.",
            (0, 11),
            140,
            None,
        ),
        (
            "Moestuin met winkel",
            "Kinderen verbouwen groente en verkopen die in een kleine winkel. De opvang zorgt voor de tuin in de vakanties.",
            ["age_4_7", "age_8_12", "parents"],
            "",
            ["science", "citizenship", "maths"],
            ["wellbeing"],
            "Kinderen komen weinig buiten en kennen de natuur in de wijk niet.",
            (2, 11),
            90,
            ("de wijkvereniging", 600),
        ),
    ),
)

MOTIVATIONS = {
    1: "Dit onderdeel ontbreekt bijna helemaal; de aanvraag zegt er niets concreets over.",
    2: "Het plan blijft hier algemeen en de onderbouwing met gegevens is nog dun.",
    3: "Voldoende uitgewerkt, met ruimte om concreter te worden.",
    4: "Goed uitgewerkt en passend bij de kinderen van dit IKC.",
    5: "Heel sterk: concreet, goed onderbouwd en samen met ouders en opvang gemaakt.",
}

TOPICS = {
    "goals": "Partijen werken in drie fasen aan de doelen: starten, verdiepen en borgen. De streefwaarden per jaar staan in deze afspraak.",
    "contributions": "Gemeente, schoolbestuur en kinderopvang dragen elk bij zoals in de tabel staat. Over subsidie beslist het college apart.",
    "analysis_to_offer": "Elk jaar in mei bespreken partijen de gegevens van kinderen en wijk. Daaruit volgt het aanbod voor het volgende schooljaar.",
    "steering": "De directeur stuurt school en opvang gelijkwaardig aan. Vier keer per jaar is er overleg met het bestuur en de kinderopvang.",
    "job_framework": "Partijen beschrijven samen de functies van jeugdondersteuner, pedagoog en procesbegeleider en passen ze elk jaar aan.",
    "organisation": "Onderwijs en opvang werken in één gebouw, met één dagritme voor kinderen van 0 tot en met 12 jaar.",
    "staff_efficiency": "De extra medewerkers nemen taken over, zodat leraren en pedagogisch medewerkers tijd houden voor de groep.",
}

# What an IKC wrote anew in an application that began with that of an earlier year.
REWRITTEN = {
    "summary": (
        "We gaan door met wat vorig jaar werkte: elke week extra aanbod voor alle kinderen van het IKC. "
        "Nieuw is dat ook de peuters meedoen, op twee ochtenden."
    ),
    "parent_involvement": (
        "Twaalf ouders hielpen vorig jaar mee. Dit jaar kiezen ouders in de ouderraad mee welke activiteiten er komen."
    ),
}

# Of every round: code, name, question and weight in per cent.
CRITERIA = (
    (
        "profile",
        "Past bij het profiel van een IKC",
        "Werken onderwijs en opvang vanuit één visie, op voet van gelijkheid?",
        20,
    ),
    (
        "analysis",
        "Volgt uit de gegevens",
        "Blijkt uit gegevens over kinderen, ouders en wijk dat dit nodig is?",
        25,
    ),
    (
        "integrated",
        "Eén doorgaande lijn",
        "Is het aanbod van onderwijs en opvang samen gemaakt en samen gegeven?",
        20,
    ),
    ("parents", "Betrokkenheid van ouders", "Doen ouders mee en beslissen zij mee?", 15),
    ("domains", "Brede ontwikkeling", "Worden kinderen in al hun talenten uitgedaagd?", 10),
    ("support", "Draagvlak", "Staan team, ouders en IKC-raad achter het plan?", 10),
)
