from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ikc", "0007_bank_accounts_taken_over")]
    operations = [migrations.RemoveField(model_name="organisation", name="iban")]
