import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# What was recommended is fixed once the year is adopted; what became of it can be said from then on, and again.
FORWARD = """
CREATE FUNCTION monitoring_guard_recommendation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    fixed boolean;
BEGIN
    SELECT state IN ('adopted', 'published', 'acting', 'closed') INTO fixed FROM monitoring_monitoringcycle
    WHERE id = COALESCE(OLD.cycle_id, NEW.cycle_id);
    IF fixed AND (TG_OP <> 'UPDATE' OR (NEW.cycle_id, NEW.addressee, NEW.text, NEW.written_by_id, NEW.written_at)
        IS DISTINCT FROM (OLD.cycle_id, OLD.addressee, OLD.text, OLD.written_by_id, OLD.written_at)) THEN
        RAISE EXCEPTION 'what was recommended is fixed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT fixed AND TG_OP <> 'DELETE' AND NEW.outcome <> '' THEN
        RAISE EXCEPTION 'a concept has no answer' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER monitoring_recommendation_guard BEFORE INSERT OR UPDATE OR DELETE ON monitoring_recommendation
    FOR EACH ROW EXECUTE FUNCTION monitoring_guard_recommendation();
"""
BACKWARD = """
DROP TRIGGER monitoring_recommendation_guard ON monitoring_recommendation;
DROP FUNCTION monitoring_guard_recommendation();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('monitoring', '0009_recipient_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Recommendation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('addressee', models.CharField(choices=[('group', 'de Ontwikkelgroep'), ('college', 'het college van burgemeester en wethouders')], max_length=10, verbose_name='voor')),
                ('text', models.CharField(max_length=500, verbose_name='aanbeveling')),
                ('written_at', models.DateTimeField(verbose_name='geschreven op')),
                ('outcome', models.CharField(blank=True, choices=[('followed', 'opgevolgd'), ('partly', 'deels opgevolgd'), ('running', 'nog bezig'), ('declined', 'niet overgenomen')], default='', max_length=10, verbose_name='wat ermee is gedaan')),
                ('outcome_note', models.CharField(blank=True, default='', max_length=400, verbose_name='toelichting')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='beantwoord op')),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='beantwoord door')),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recommendations', to='monitoring.monitoringcycle', verbose_name='monitoringjaar')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='geschreven door')),
            ],
            options={
                'verbose_name': 'aanbeveling',
                'verbose_name_plural': 'aanbevelingen',
                'constraints': [models.UniqueConstraint(fields=('cycle', 'text'), name='recommendation_once_a_year', violation_error_message='Deze aanbeveling staat er al.'), models.CheckConstraint(condition=models.Q(('addressee__in', ['group', 'college']), ('outcome__in', ['', 'followed', 'partly', 'running', 'declined']), models.Q(('text', ''), _negated=True)), name='recommendation_choices_are_known'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None), ('outcome', ''), ('outcome_note', '')), models.Q(models.Q(('outcome', ''), _negated=True), models.Q(('outcome_note', ''), _negated=True), ('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='recommendation_answer_is_whole')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
