from django.db import migrations

# What a scheme and its rounds said in columns becomes version 1 of the scheme, with its rows, and the budget rules of
# each round. The instalments were a choice per round and are now one schedule of the scheme (Awb 4:53): that of its
# newest round. Instalments of decisions that were taken stand in rows of their own and stay as they are.
FORWARD = """
INSERT INTO subsidies_schemeversion (
    scheme_id, number, state, valid_from, valid_until, citation, activities, subsidy_type, per_financial_year,
    decision_term_weeks, decision_term_from, completion_term_days, advance_percentage, advance_count,
    decision_number, decided_on, publication_reference, published_on)
SELECT scheme.id, 1, CASE WHEN round.id IS NULL THEN 'draft' ELSE 'in_force' END, scheme.valid_from, scheme.valid_until,
    scheme.citation, '', 'budget', FALSE, scheme.decision_term_weeks, 'closing', 14,
    COALESCE(round.advance_percentage, 80), COALESCE(round.advance_count, 4),
    COALESCE(NULLIF(round.decision_number, ''), 'onbekend'), COALESCE(round.decided_on, scheme.valid_from),
    COALESCE(NULLIF(round.publication_reference, ''), 'onbekend'), COALESCE(round.published_on, scheme.valid_from)
FROM subsidies_subsidyscheme scheme
LEFT JOIN LATERAL (
    SELECT * FROM subsidies_subsidyround WHERE scheme_id = scheme.id ORDER BY opens_at DESC, id DESC LIMIT 1) round ON TRUE;

INSERT INTO subsidies_legalbasis (version_id, "order", kind, text, publication)
SELECT version.id, 1, 'asv', LEFT(scheme.legal_basis, 200), ''
FROM subsidies_schemeversion version JOIN subsidies_subsidyscheme scheme ON scheme.id = version.scheme_id;

INSERT INTO subsidies_accountabilityrule (version_id, "order", band, up_to, documents, due_weeks)
SELECT id, 1, 'activity', 50000, ARRAY['activity_report'], 13 FROM subsidies_schemeversion
UNION ALL
SELECT id, 2, 'full', NULL, ARRAY['activity_report', 'financial_report', 'balance_sheet', 'auditor_statement'], 13
FROM subsidies_schemeversion;

INSERT INTO subsidies_standardobligation (version_id, "order", theme, text)
SELECT version.id, duty.number, duty.theme, duty.text FROM subsidies_schemeversion version CROSS JOIN (VALUES
    (1, 'execution', 'U voert de activiteiten uit waarvoor u de subsidie krijgt.'),
    (2, 'reporting', 'U meldt het ons direct als activiteiten niet of anders doorgaan, of als de kosten sterk afwijken van de begroting.'),
    (3, 'administration', 'U houdt een administratie bij van rechten, plichten en betalingen, en bewaart die zeven jaar.'),
    (4, 'monitoring', 'U werkt mee aan de jaarlijkse monitoring en deelt wat u leert met andere IKC’s.')
) AS duty (number, theme, text);

INSERT INTO subsidies_schemebudgetrule (version_id, "order", kind, "limit", severity, text)
SELECT version.id, rule.number, rule.kind, rule.amount, 'error', '' FROM subsidies_schemeversion version CROSS JOIN
    (VALUES (1, 'hourly_rate', 80), (2, 'preparation', 40), (3, 'overhead', 20)) AS rule (number, kind, amount);

INSERT INTO subsidies_refusalground (version_id, "order", code, text, article, needs_view, compulsory)
SELECT version.id, ground.number, ground.code, ground.text, ground.article, FALSE, ground.compulsory
FROM subsidies_schemeversion version CROSS JOIN (VALUES
    (1, 'ceiling', 'het subsidieplafond is bereikt', 'artikel 4:25, tweede lid, Awb', TRUE),
    (2, 'eligibility', 'dit deel niet in aanmerking komt voor subsidie', 'artikel 4:31 Awb', FALSE),
    (3, 'scheme_criteria', 'de aanvraag niet aan de regeling voldoet', 'de regeling', FALSE)
) AS ground (number, code, text, article, compulsory);

INSERT INTO subsidies_budgetrule (round_id, "order", kind, "limit", severity, text)
SELECT id, 1, 'hourly_rate', max_hourly_rate, 'error', '' FROM subsidies_subsidyround UNION ALL
SELECT id, 2, 'preparation', max_preparation_percentage, 'error', '' FROM subsidies_subsidyround UNION ALL
SELECT id, 3, 'overhead', max_overhead_percentage, 'error', '' FROM subsidies_subsidyround;

-- An adopted round does not change, and its history is complete: this is the same fact in another column.
ALTER TABLE subsidies_subsidyround DISABLE TRIGGER USER;
UPDATE subsidies_subsidyround round SET scheme_version_id = version.id
FROM subsidies_schemeversion version WHERE version.scheme_id = round.scheme_id;
ALTER TABLE subsidies_subsidyround ENABLE TRIGGER USER;
UPDATE subsidies_subsidyroundevent event SET scheme_version_id = version.id
FROM subsidies_schemeversion version WHERE version.scheme_id = event.scheme_id;
"""


def letter_texts(apps, editor):
    """The wording to begin with, which until now stood in the letters themselves."""
    from subsidies.letter_texts import PASSAGES  # noqa: PLC0415 - the same words, kept in one place

    versions = apps.get_model("subsidies", "SchemeVersion").objects.order_by("pk")
    apps.get_model("subsidies", "SchemeLetterText").objects.bulk_create(
        apps.get_model("subsidies", "SchemeLetterText")(
            version=version, order=order, code=code, text=passage.example
        )
        for version in versions
        for order, (code, passage) in enumerate(PASSAGES.items(), 1)
    )


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0014_scheme_versions")]
    operations = [
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
        # Deferred foreign keys are checked before the tables change again.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunPython(letter_texts, migrations.RunPython.noop),
    ]
