"""Sentences of the demonstration world, in the words a director or a member might use."""

PLANS = (
    {
        "title": "Samen lezen, samen spelen",
        "summary": "Peuters en kleuters krijgen elke week samen voorleesuren, en ouders doen mee.",
        "analysis": "Uit de toetsen van groep 2 en de overdracht van de opvang blijkt dat veel kinderen een kleine woordenschat hebben. In de wijk lezen weinig gezinnen thuis voor.",
        "activities": "Van september tot juli is er twee middagen per week een leesatelier. Vier keer per jaar is er een leesfeest met ouders. Een taalcoach begeleidt de medewerkers.",
        "integrated_offer": "Pedagogisch medewerkers en leraren bereiden de middagen samen voor en geven ze samen, met één thema van peuter tot groep 3.",
        "parent_involvement": "Ouders lezen mee in het atelier en krijgen een verteltas mee naar huis. De ouderraad kiest de thema's.",
        "domains": ["language", "social"],
        "support": "Team, ouderraad en medezeggenschapsraad stemden in met het plan. Het verslag zit bij de bijlagen.",
    },
    {
        "title": "Verlengde dag met sport en muziek",
        "summary": "Na schooltijd is er elke dag een gratis aanbod van sport, muziek en techniek.",
        "analysis": "De monitor van de wijk laat zien dat weinig kinderen lid zijn van een club. Kinderen geven zelf aan dat zij na school willen sporten.",
        "activities": "Op vier middagen per week geven vakdocenten workshops van acht weken. Aan het einde van elk blok is er een voorstelling of toernooi.",
        "integrated_offer": "De buitenschoolse opvang en de school maken samen één rooster; alle kinderen kunnen meedoen.",
        "parent_involvement": "Ouders helpen bij de workshops en beslissen mee over het aanbod.",
        "domains": ["movement", "arts", "science"],
        "support": "De IKC-raad heeft het plan besproken en steunt het. Kinderen maakten een top drie van activiteiten.",
    },
    {
        "title": "Sterk de school in",
        "summary": "Een warme start voor kinderen van twee en drie jaar, met extra aandacht voor taal en spel.",
        "analysis": "Een derde van de kinderen komt zonder voorschool binnen. De GGD ziet dat jonge ouders vaak vragen hebben over opvoeden.",
        "activities": "Wekelijks is er een speelinloop. Een medewerker gaat op huisbezoek bij nieuwe gezinnen. Twee keer per jaar is er een cursus voor ouders.",
        "integrated_offer": "De peutergroep en groep 1 werken in één ruimte, met één dagritme en één volgsysteem.",
        "parent_involvement": "Ouders ontwerpen de speelinloop mee en krijgen tips die bij hun kind passen.",
        "domains": ["language", "social", "movement"],
        "support": "Team en ouders zijn vanaf het begin betrokken; de oudergeleding schreef mee aan het plan.",
    },
    {
        "title": "Rekenen en ontdekken buiten",
        "summary": "Kinderen leren rekenen en natuur door te doen, in de schooltuin en in de buurt.",
        "analysis": "De rekenresultaten in groep 5 blijven achter. Kinderen komen weinig buiten en kennen de natuur in de wijk niet.",
        "activities": "Elke groep heeft wekelijks een buitenles. Er komt een moestuin met een kleine winkel die kinderen zelf runnen.",
        "integrated_offer": "De opvang gebruikt de tuin in de vakanties; medewerkers volgen samen een training buitenleren.",
        "parent_involvement": "Ouders en buren onderhouden de tuin en geven gastlessen.",
        "domains": ["maths", "science", "citizenship"],
        "support": "De wijkvereniging, het team en de medezeggenschapsraad ondertekenden een steunbrief.",
    },
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
