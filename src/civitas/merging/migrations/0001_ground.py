import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cities', '0003_rules'),
        ('contributions', '0010_wording_count'),
        ('people', '0002_home_area'),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField()),
                ('reason', models.CharField(max_length=600)),
                ('state', models.CharField(choices=[('asked', 'The authors are asked'), ('done', 'Put together'), ('dropped', 'Not put together')], default='asked', max_length=8)),
                ('at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('head', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'state', 'until'], name='proposals_due'), models.Index(fields=['city', 'state', 'id'], name='proposals_newest'), models.Index(fields=['city', 'head'], name='proposals_of_head')],
                'constraints': [models.UniqueConstraint(fields=('city', 'uid'), name='one_proposal_per_form')],
            },
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('objected_at', models.DateTimeField(blank=True, null=True)),
                ('objection', models.CharField(blank=True, max_length=600)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
                ('head', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('proposal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='merging.proposal')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'head', 'undone_at'], name='merges_into_head'), models.Index(fields=['city', 'id'], name='merges_newest'), models.Index(condition=models.Q(('objected_at__isnull', False), ('undone_at__isnull', True)), fields=['city', 'objected_at'], name='merges_objected')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('city', 'contribution'), name='one_merge_in_force'), models.CheckConstraint(condition=models.Q(('contribution', models.F('head')), _negated=True), name='merge_of_two')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answer', models.CharField(blank=True, choices=[('', 'No answer yet'), ('yes', 'Yes'), ('no', 'No'), ('silent', 'No answer by the day'), ('unreachable', 'Nobody to ask'), ('gone', 'No longer shown')], max_length=12)),
                ('words', models.CharField(blank=True, max_length=600)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('is_open', models.BooleanField(default=True)),
                ('author', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
                ('proposal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='merging.proposal')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'author', 'is_open'], name='consents_of_author')],
                'constraints': [models.UniqueConstraint(fields=('city', 'proposal', 'contribution'), name='one_consent_each'), models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('city', 'contribution'), name='one_open_question_each')],
            },
        ),
        migrations.CreateModel(
            name='Split',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField()),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'uid'), name='one_split_per_form'), models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('city', 'contribution'), name='one_split_in_force')],
            },
        ),
        migrations.CreateModel(
            name='SplitPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
                ('split', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='merging.split')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'split', 'contribution'), name='one_part_each')],
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('open', 'Open'), ('dismissed', 'Different'), ('taken', 'Taken up')], default='open', max_length=10)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('first', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
                ('second', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'state', 'score', 'id'], name='suggestions_likest'), models.Index(fields=['city', 'second'], name='suggestions_of_second')],
                'constraints': [models.UniqueConstraint(fields=('city', 'first', 'second'), name='one_suggestion_per_pair'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='suggestion_in_order')],
            },
        ),
    ]
