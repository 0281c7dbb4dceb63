import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cities', '0004_rules_version'),
        ('contributions', '0015_service_story'),
        ('lineage', '0001_news_of_hops'),
    ]

    operations = [
        migrations.CreateModel(
            name='Inflow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.PositiveSmallIntegerField(choices=[(0, 'Gone'), (1, 'Voice'), (2, 'Made')])),
                ('quoted', models.PositiveSmallIntegerField(default=0)),
                ('newest_key', models.BigIntegerField()),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('into', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'into', 'role', 'newest_key'], name='inflow_newest'), models.Index(fields=['city', 'into', 'quoted'], name='inflow_quoted'), models.Index(fields=['city', 'source'], name='inflow_of_source')],
                'constraints': [models.UniqueConstraint(fields=('city', 'into', 'source'), name='one_inflow')],
            },
        ),
        migrations.CreateModel(
            name='Stream',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('count', models.PositiveIntegerField(default=0)),
                ('first_at', models.DateTimeField(null=True)),
                ('last_at', models.DateTimeField(null=True)),
                ('hidden', models.PositiveIntegerField(default=0)),
                ('withdrawn', models.PositiveIntegerField(default=0)),
                ('erased', models.PositiveIntegerField(default=0)),
                ('merged', models.PositiveIntegerField(default=0)),
                ('declined', models.PositiveIntegerField(default=0)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('into', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'into'), name='one_stream')],
            },
        ),
        migrations.CreateModel(
            name='StreamArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.PositiveBigIntegerField()),
                ('count', models.PositiveIntegerField()),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('into', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'into', 'area'), name='one_stream_area')],
            },
        ),
    ]
