from django.db import migrations

# A cancelled round says why itself from now on; until now the trail alone did.
FORWARD = """
UPDATE subsidies_subsidyround AS round SET cancellation_reason = COALESCE(
    (SELECT NULLIF(event.reason, '') FROM core_auditevent AS event
     JOIN django_content_type AS kind ON kind.id = event.object_type_id
     WHERE kind.app_label = 'subsidies' AND kind.model = 'subsidyround'
       AND event.object_id = round.id AND event.verb = 'round_cancelled'
     ORDER BY event.at DESC LIMIT 1), 'niet vastgelegd')
WHERE round.state = 'cancelled' AND round.cancellation_reason = '';
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0023_content_guards")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
