"""An event with submissions and reviews, made in the environment of pretalx itself; `python fill.py N EACH REVIEWERS`.

Prints JSON: the cookie of a reviewer, the path of the dashboard, and how many there are of each.
"""

import json
import os
import random
import sys
from datetime import timedelta
from decimal import Decimal

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "pretalx.settings"
django.setup()

from django.conf import settings  # noqa: E402 - Django has to be set up first
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_scopes import scopes_disabled  # noqa: E402
from pretalx.event.models import Event, Organiser, Team  # noqa: E402
from pretalx.person.models import User  # noqa: E402
from pretalx.submission.models import (  # noqa: E402
    Review,
    ReviewScore,
    ReviewScoreCategory,
    Submission,
)

CATEGORIES = (("Plan", Decimal(1)), ("Parents", Decimal(2)), ("Support", Decimal("0.5")))
BATCH = 5_000


def event_of(organiser):
    day = timezone.localdate()
    event = Event.objects.create(
        organiser=organiser,
        name="Bench",
        slug="bench",
        is_public=True,
        email="bench@meting.example",
        date_from=day + timedelta(days=90),
        date_to=day + timedelta(days=92),
        locale="en",
        locale_array="en",
        content_locale_array="en",
    )
    if not event.score_categories.exists():
        event.build_initial_data()
    phase = event.active_review_phase
    phase.can_see_other_reviews = "always"
    phase.save()
    event.score_categories.all().delete()
    return event


def people(kind, count):
    return [
        User.objects.create(
            email=f"{kind}{n}@meting.example", name=f"{kind} {n}", locale="en", timezone="UTC"
        )
        for n in range(count)
    ]


def scales(event):
    """Per category its weight and its five scores."""
    found = []
    for name, weight in CATEGORIES:
        category = ReviewScoreCategory.objects.create(event=event, name=name, weight=weight)
        scores = [
            ReviewScore.objects.create(category=category, value=value, label=str(value))
            for value in range(1, 6)
        ]
        found.append((weight, scores))
    return found


def review(submissions, each, reviewers, scales):
    """`each` reviews per submission, in turn, with a score in every category and the weighted total."""
    dice = random.Random(1)  # noqa: S311 - the same scores each time
    reviews = Review.objects.bulk_create(
        [
            Review(submission=one, user=reviewers[(n + turn) % len(reviewers)], text="Fine")
            for n, one in enumerate(submissions)
            for turn in range(each)
        ],
        batch_size=BATCH,
    )
    link = Review.scores.through
    rows = []
    for one in reviews:
        one.score = Decimal(0)
        for weight, scores in scales:
            given = dice.choice(scores)
            rows.append(link(review_id=one.pk, reviewscore_id=given.pk))
            one.score += given.value * weight
    link.objects.bulk_create(rows, batch_size=BATCH)
    Review.objects.bulk_update(reviews, ["score"], batch_size=1_000)
    return len(reviews)


def main(count, each, reviewing):
    with scopes_disabled():
        organiser = Organiser.objects.create(name="Bench", slug="bench")
        team = Team.objects.create(
            name="Reviewers", organiser=organiser, all_events=True, is_reviewer=True
        )
        event = event_of(organiser)
        reviewers, speakers = people("reviewer", reviewing), people("speaker", count)
        team.members.add(*reviewers)
        kind = event.cfp.default_type
        submissions = [
            Submission.objects.create(
                event=event,
                title=f"Submission {n}",
                submission_type=kind,
                content_locale="en",
                abstract="Text",
                state="submitted",
            )
            for n in range(count)
        ]
        through = Submission.speakers.through
        through.objects.bulk_create(
            through(submission_id=one.pk, user_id=speaker.pk)
            for one, speaker in zip(submissions, speakers, strict=True)
        )
        reviews = review(submissions, each, reviewers, scales(event))
        client = Client()
        client.force_login(reviewers[0], backend="django.contrib.auth.backends.ModelBackend")
        cookie = settings.SESSION_COOKIE_NAME
        found = {
            "cookie": cookie,
            "session": client.cookies[cookie].value,
            "path": f"/orga/event/{event.slug}/reviews/",
            "submissions": count,
            "reviews": reviews,
        }
    sys.stdout.write(json.dumps(found))


main(*map(int, sys.argv[1:4]))
