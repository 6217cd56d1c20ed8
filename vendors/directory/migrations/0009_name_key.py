"""What is left of a company's name to compare: no case, accents, punctuation, articles or legal endings."""

from django.db import migrations

ENDINGS = (
    "ltd limited llc llp lp plc inc incorporated corp corporation co company gmbh mbh ug ag kg ohg kgaa se sa sas sarl "
    "sasu spa srl srls sl slu bv nv vof cv ab as asa aps oy oyj kft zrt doo sro pty pte pvt kk lda ltda "
    "eurl gbr ek eg cic"
)
FUNCTION = f"""
CREATE FUNCTION directory_name_key(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
SET search_path FROM CURRENT
AS $body$
    SELECT coalesce(nullif(btrim(regexp_replace(key, '( ({"|".join([*ENDINGS.split(), "sp z oo"])}))+$', '')), ''), key) FROM (
        SELECT btrim(regexp_replace(regexp_replace(regexp_replace(
            lower(immutable_unaccent($1)), '[.''`]', '', 'g'
        ), '[^[:alnum:]]+', ' ', 'g'), '\\m(and|the)\\M ?', '', 'g')) AS key
    ) AS plain
$body$
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0008_continents"), ("accounts", "0002_places_and_history")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION directory_name_key(text)"),
        migrations.RunSQL(
            "CREATE INDEX organisation_name_alike ON accounts_organisation"
            " USING gin (directory_name_key(name) gin_trgm_ops)",
            "DROP INDEX organisation_name_alike",
        ),
        migrations.RunSQL(
            "CREATE INDEX organisation_name_key ON accounts_organisation (directory_name_key(name))",
            "DROP INDEX organisation_name_key",
        ),
    ]
