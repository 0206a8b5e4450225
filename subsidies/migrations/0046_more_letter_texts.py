from django.db import migrations

# A draft gets the wording of the portal for the passages that came since; a version in force stays as it was, and its
# letters take that wording from the portal.
NEW = ("continuity", "receipt", "completion", "not_processed", "advice", "intent")


def letter_texts(apps, editor):
    from subsidies.letter_texts import EXAMPLES  # noqa: PLC0415 - the same words, kept in one place

    text = apps.get_model("subsidies", "SchemeLetterText")
    drafts = apps.get_model("subsidies", "SchemeVersion").objects.filter(state="draft")
    text.objects.bulk_create(
        text(version=version, order=100 + place, code=code, text=EXAMPLES[code])
        for version in drafts.order_by("pk")
        for place, code in enumerate(NEW)
        if not text.objects.filter(version=version, code=code).exists()
    )


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0045_lock_without_answer")]
    operations = [migrations.RunPython(letter_texts, migrations.RunPython.noop)]
