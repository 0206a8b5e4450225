from django.db import migrations


def text_to_activity(apps, schema_editor):
    """What was one text becomes the first activity of its application."""
    Activity = apps.get_model("subsidies", "Activity")
    plans = apps.get_model("subsidies", "ActivityPlan").objects.exclude(activities="")
    Activity.objects.bulk_create(
        Activity(
            application_id=plan.application_id,
            order=1,
            key="text",
            title="Activiteiten en planning",
            description=plan.activities,
            domains=plan.domains,
        )
        for plan in plans.order_by("pk").iterator()
    )


def activity_to_text(apps, schema_editor):
    Activity = apps.get_model("subsidies", "Activity")
    for plan in apps.get_model("subsidies", "ActivityPlan").objects.order_by("pk"):
        rows = Activity.objects.filter(application_id=plan.application_id).order_by("order", "pk")
        plan.activities = "\n".join(f"{row.title}: {row.description}" for row in rows)
        plan.domains = sorted({code for row in rows for code in row.domains})
        plan.save(update_fields=["activities", "domains"])


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0009_activities")]
    operations = [
        migrations.RunPython(text_to_activity, activity_to_text),
        migrations.RemoveField(model_name="activityplan", name="activities"),
        migrations.RemoveField(model_name="activityplan", name="domains"),
    ]
