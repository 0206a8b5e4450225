from django.db import migrations


def forward(apps, schema_editor):
    """What was declared before versions were kept becomes the first version."""
    version = apps.get_model("subsidies", "DeclarationVersion")
    declarations = apps.get_model("subsidies", "InterestDeclaration").objects
    for row in declarations.select_related("member").prefetch_related("organisations", "ikcs"):
        version.objects.create(
            member=row.member,
            round_id=row.round_id,
            organisations=sorted(each.name for each in row.organisations.all()),
            ikcs=sorted(each.name for each in row.ikcs.all()),
            note=row.note,
            declared_at=row.declared_at,
            declared_by_id=row.member.user_id,
        )


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0053_commission_seats")]
    operations = [migrations.RunPython(forward, migrations.RunPython.noop)]
