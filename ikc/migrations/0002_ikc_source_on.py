from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ikc", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="ikc",
            name="source_on",
            field=models.DateField("stand van de bron op", null=True, blank=True),
        ),
    ]
