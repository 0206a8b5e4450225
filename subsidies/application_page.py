"""What the pages of one application tell: its answers, its budget as a picture, its files, and what comes next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.functional import cached_property

from ikc.models import User
from kvk2.core.charts import Chart, bullet_chart
from kvk2.core.deadlines import local_date
from kvk2.core.money import format_number, format_whole
from kvk2.nlds.components import Detail, Milestone, StepState, Tile
from kvk2.nlds.components import Step as StepLink
from kvk2.nlds.templatetags.nlds import dutch_date, euro, euro0, upper_first
from subsidies.attachment_page import FileLine, file_lines
from subsidies.content import ApplicationContent
from subsidies.models import Application, Attachment, BudgetLine
from subsidies.receipts import calculation, filled_sections
from subsidies.services.applications import STEP_TITLES as TITLES
from subsidies.services.applications import Step, unparsed_of, version_of
from subsidies.services.budgets import BudgetState, budget_state
from subsidies.services.contents import Dossier, content_hash, dossier_of, steps_of
from subsidies.services.standing import standing_at_submission
from subsidies.services.submission import Missing, budget_of, missing_for_submission
from subsidies.states import FILED, ApplicationState

HINTS = {
    Step.DETAILS: "Wie vraagt aan, en voor hoeveel kinderen",
    Step.PLAN: "Waarom dit nodig is, en wie meedoet",
    Step.ACTIVITIES: "Wat u gaat doen, voor wie en wanneer",
    Step.SUB_APPLICATION: "Een deel met een eigen bedrag",
    Step.BUDGET: "Wat het kost en hoeveel subsidie u vraagt",
    Step.STATE_AID: "Of er geld naar een onderneming gaat",
    Step.ATTACHMENTS: "Bewijs van draagvlak en andere stukken",
    Step.PARTNER: "De opvang bevestigt het plan",
}
VIEWS = {
    Step.DETAILS: "application_details",
    Step.PLAN: "application_plan",
    Step.ACTIVITIES: "application_activities",
    Step.SUB_APPLICATION: "application_sub",
    Step.BUDGET: "application_budget",
    Step.STATE_AID: "application_state_aid",
    Step.ATTACHMENTS: "application_attachments",
    Step.PARTNER: "application_partner",
}
SIGN_TITLE = "Controleren en ondertekenen"


# What an applicant can follow, and the states in which each phase is the current one.
PHASES = (
    ("Ingediend", (ApplicationState.SUBMITTED,)),
    ("Gecontroleerd door de gemeente", (ApplicationState.CHECKING, ApplicationState.INCOMPLETE)),
    ("Beoordeeld door de commissie", (ApplicationState.ADMITTED, ApplicationState.IN_REVIEW)),
    ("Besluit van het college", (ApplicationState.ADVISED, ApplicationState.INTENT)),
)


def step_url(application: Application, step: Step) -> str:
    return reverse(f"subsidies:{VIEWS[step]}", args=[application.pk])


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section of answers, with the link to change them."""

    title: str
    rows: list[Detail]
    empty: int = 0


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One step in the task list."""

    title: str
    url: str
    hint: str
    badge: str
    kind: str
    due: None = None


class ApplicationPage:
    """Reads of one application; each is asked at most once. The application comes with its relations."""

    def __init__(self, application: Application, *, now: datetime) -> None:
        self.application, self.now = application, now

    @cached_property
    def dossier(self) -> Dossier:
        return dossier_of(self.application, local_date(self.now))

    @property
    def content(self) -> ApplicationContent:
        return self.dossier.content

    @property
    def lines(self) -> list[BudgetLine]:
        return self.dossier.lines

    @property
    def attachments(self) -> list[Attachment]:
        return self.dossier.attachments

    @property
    def costs(self) -> list[BudgetLine]:
        return [line for line in self.lines if line.side == BudgetLine.Side.EXPENDITURE]

    @property
    def income(self) -> list[BudgetLine]:
        return [line for line in self.lines if line.side == BudgetLine.Side.INCOME]

    @cached_property
    def content_hash(self) -> str:
        """What a partner confirms, or confirmed, in one word."""
        return content_hash(self.application, self.content, self.lines)

    @cached_property
    def step_list(self) -> list[Step]:
        return steps_of(self.application.round, self.content)

    @cached_property
    def budget(self) -> BudgetState:
        lines = self.lines  # with them comes what the round says of a budget
        if self.application.received_at is None:
            return budget_of(self.application, lines, self.now)
        return budget_state(self.application, lines, standing_at_submission(self.application))

    @cached_property
    def missing(self) -> list[Missing]:
        return missing_for_submission(
            self.application,
            self.budget,
            self.attachments,
            self.content,
            content_hash=self.content_hash,
            day=local_date(self.now),
        )

    @property
    def missing_links(self) -> list[dict[str, str]]:
        """What is missing, each with the page on which to supply it."""
        return [
            {"text": item.text, "url": step_url(self.application, item.step)}
            for item in self.missing
        ]

    @property
    def files(self) -> list[FileLine]:
        return file_lines(self.attachments)

    def sections(self, *, changeable: bool = False) -> list[SectionView]:
        """The answers per step; with links to change them when `changeable`."""
        views = []
        for section in filled_sections(self.application, self.content):
            url = step_url(self.application, Step(section.step)) if changeable else ""
            rows = [
                Detail(answer.label, answer.text or "(niet ingevuld)", url)
                for answer in section.answers
            ]
            empty = sum(not answer.text for answer in section.answers)
            views.append(SectionView(section.title, rows, empty))
        return views

    def budget_rows(self, lines: Iterable[BudgetLine]) -> list[dict[str, object]]:
        return [{"line": line, "calculation": calculation(line)} for line in lines]

    @property
    def cost_rows(self) -> list[dict[str, object]]:
        return self.budget_rows(self.costs)

    @property
    def income_rows(self) -> list[dict[str, object]]:
        return self.budget_rows(self.income)

    def step_state(self, step: Step) -> str:
        """'done', 'error', 'started' or 'todo'."""
        if not any(item.step == step for item in self.missing):
            return "done"
        if unparsed_of(self.application, step):
            return "error"
        touched = version_of(self.application, step) > 0
        return "started" if touched or step == Step.DETAILS else "todo"

    @property
    def tasks(self) -> list[TaskLine]:
        """The steps as a task list; they may be done in any order."""
        badges = {
            "done": ("klaar", "success"),
            "error": ("pas iets aan", "danger"),
            "started": ("bezig", "warning"),
            "todo": ("nog niet begonnen", "neutral"),
        }
        tasks = [
            TaskLine(
                TITLES[step],
                step_url(self.application, step),
                HINTS[step],
                *badges[self.step_state(step)],
            )
            for step in self.step_list
        ]
        ready = (
            ("klaar om te tekenen", "success") if not self.missing else ("kan nog niet", "inactive")
        )
        url = reverse("subsidies:application_sign", args=[self.application.pk])
        return [
            *tasks,
            TaskLine(SIGN_TITLE, url, "Nog eens nalezen, dan tekenen en indienen", *ready),
        ]

    def steps(self, current: Step | None) -> list[StepLink]:
        """The steps beside a form; `None` is the page to sign on."""
        links = [
            StepLink(
                TITLES[step], self._link_state(step, current), step_url(self.application, step)
            )
            for step in self.step_list
        ]
        state = StepState.CURRENT if current is None else StepState.TODO
        words = "" if current is None else "Nog niet ondertekend"
        url = reverse("subsidies:application_sign", args=[self.application.pk])
        return [*links, StepLink(SIGN_TITLE, state, url, words)]

    def _link_state(self, step: Step, current: Step | None) -> StepState:
        if step == current:
            return StepState.CURRENT
        return {"done": StepState.DONE, "error": StepState.ERROR}.get(
            self.step_state(step), StepState.TODO
        )

    @property
    def step_count(self) -> int:
        """The steps with the signing as the last."""
        return len(self.step_list) + 1

    def step_number(self, step: Step) -> int:
        return self.step_list.index(step) + 1

    def next_url(self, step: Step) -> str:
        """The page after `step`."""
        later = self.step_list[self.step_list.index(step) + 1 :]
        if later:
            return step_url(self.application, later[0])
        return reverse("subsidies:application_sign", args=[self.application.pk])

    def tiles(self, user: User) -> list[Tile]:
        """The figures on top of the page of a filed application."""
        application = self.application
        tiles = [
            Tile(
                "Gevraagd",
                euro0(application.requested_amount) or "–",
                f"hoogstens {euro0(application.max_amount)}" if application.max_amount else "",
            )
        ]
        counted = application.children_counted
        if counted is not None:
            tiles.append(
                Tile(
                    "Kinderen vanaf 2 jaar",
                    str(counted),
                    f"op {dutch_date(application.round.reference_date)}",
                )
            )
        if user.is_municipal and application.score is not None:
            tiles.append(Tile("Score", format_number(application.score, 1), "van de 100"))
        if user.is_municipal and application.tier is not None:
            tiles.append(Tile("Voorrangsgroep", str(application.tier), _standing(application)))
        if application.state == ApplicationState.DECIDED and application.granted_amount is not None:
            tiles.append(Tile("Verleend", euro0(application.granted_amount)))
        if application.received_at:
            received = timezone.localtime(application.received_at)
            tiles.append(
                Tile(
                    "Ontvangen",
                    date_format(received, "j M").lower(),
                    date_format(received, "Y, H.i \\u\\u\\r"),
                )
            )
        return tiles

    @property
    def milestones(self) -> list[Milestone]:
        """Where a filed application is on its way to the decision; nothing when it left that way."""
        application = self.application
        state = ApplicationState(application.state)
        if state not in FILED or state == ApplicationState.NOT_PROCESSED:
            return []
        current = next(
            (place for place, (_, states) in enumerate(PHASES) if state in states), len(PHASES)
        )
        current = max(current, 1)  # it came in: the check is next
        reached = {0: dutch_date(application.received_at)}
        if state == ApplicationState.INCOMPLETE:
            reached[1] = "Wacht op aanvulling"
        return [
            Milestone(
                label,
                "done" if place < current else "current" if place == current else "todo",
                reached.get(place, ""),
            )
            for place, (label, _) in enumerate(PHASES)
        ]

    def admission_facts(self) -> list[Detail]:
        """What the project leader holds beside the checklist."""
        application = self.application
        standing = _standing(application) or "geen bijzondere status"
        signature = f"{application.signed_name}, {application.signed_job_title}"
        return [
            Detail("Ondertekend door", signature),
            Detail("Kenmerk van de machtiging", application.mandate_reference),
            Detail(
                "Vorm en status", upper_first(f"{application.ikc.get_form_display()}; {standing}")
            ),
            Detail("Maximum bij indiening", euro(application.max_amount)),
            Detail("Subsidiabel bedrag", euro(application.eligible_amount)),
        ]

    @cached_property
    def budget_chart(self) -> Chart | None:
        """What is asked against the most that may be asked; nothing for a draft."""
        asked, most = self.application.requested_amount, self.application.max_amount
        if asked is None or most is None:
            return None
        share = format_whole(asked * 100 / most) if most else "0"
        return bullet_chart(
            asked,
            most,
            title="Gevraagd bedrag en maximum",
            description=f"Gevraagd is {euro(asked)}, {share}% van het maximum van {euro(most)}.",
            unit="€",
            actual_label="Gevraagd",
            target_label="Maximum",
        )


def _standing(application: Application) -> str:
    facts = (
        (application.is_plus, "Plus IKC"),
        (application.in_attention_area, "aandachtsgebied"),
        (application.extended_learning_time, "verlengde leertijd"),
    )
    return ", ".join(name for holds, name in facts if holds)
