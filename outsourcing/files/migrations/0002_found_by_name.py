from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_files"),
        ("shared", "0001_extensions"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="file",
            index=GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="file_name_part"),
        ),
    ]
