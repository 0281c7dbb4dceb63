import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cities', '0004_rules_version'),
        ('contributions', '0011_parts_and_handing_over'),
        ('meeting', '0001_ground'),
        ('people', '0003_suspensions'),
        ('processes', '0003_paused_comments'),
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', 'Waiting'), ('asked', 'Waiting for the author'), ('closed', 'Decided')], default='open', max_length=8)),
                ('why', models.CharField(choices=[('waiting', 'Waits before it is shown'), ('new', 'New, nobody has looked at it'), ('flagged', 'Flagged'), ('appeal', 'Objection'), ('report', 'Reported as illegal')], default='flagged', max_length=8)),
                ('weight', models.IntegerField(default=0)),
                ('flag_count', models.PositiveIntegerField(default=0)),
                ('version', models.PositiveIntegerField(default=1)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('held_until', models.DateTimeField(blank=True, null=True)),
                ('asked_at', models.DateTimeField(blank=True, null=True)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('closed_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('contribution', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
                ('held_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('letter', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='meeting.letter')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'state', '-weight', 'id'], name='cases_in_order'), models.Index(fields=['city', 'state', 'why', '-weight', 'id'], name='cases_by_why'), models.Index(fields=['city', 'state', 'opened_at'], name='cases_oldest'), models.Index(fields=['city', 'state', 'closed_at', 'id'], name='cases_decided'), models.Index(fields=['city', 'contribution', 'id'], name='cases_of_contribution'), models.Index(fields=['city', 'held_by', 'held_until'], name='cases_held'), models.Index(fields=['city', 'closed_by'], name='cases_closed_by')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('contribution__isnull', False), ('letter__isnull', True)), models.Q(('contribution__isnull', True), ('letter__isnull', False)), _connector='OR'), name='case_is_about_one_thing'), models.UniqueConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('contribution__isnull', False)), fields=('city', 'contribution'), name='one_open_case_each'), models.UniqueConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), ('letter__isnull', False)), fields=('city', 'letter'), name='one_open_case_a_letter')],
            },
        ),
        migrations.CreateModel(
            name='Run',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField()),
                ('verb', models.CharField(choices=[('publish', 'Publish'), ('hide', 'Hide'), ('move', 'Move'), ('ask', 'Ask the author'), ('spam', 'Spam: hide and learn')], max_length=8)),
                ('reason', models.CharField(blank=True, choices=[('insult', 'It insults or threatens people'), ('private', 'It tells private things about somebody'), ('spam', 'It is advertising or makes no sense'), ('place', 'It does not belong to this topic'), ('twice', 'It is already here'), ('copied', 'Somebody else made it and was not asked'), ('unlawful', 'It may break the law'), ('other', 'Another reason')], max_length=12)),
                ('text', models.CharField(blank=True, max_length=1000)),
                ('suspend_days', models.IntegerField(blank=True, null=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('state', models.CharField(choices=[('running', 'Under way'), ('done', 'Done'), ('undoing', 'Is being taken back'), ('undone', 'Taken back')], default='running', max_length=8)),
                ('total', models.PositiveIntegerField(default=0)),
                ('done_count', models.PositiveIntegerField(default=0)),
                ('failed_count', models.PositiveIntegerField(default=0)),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='cities.area')),
                ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='processes.category')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('step', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='processes.step')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'id'], name='runs_newest'), models.Index(fields=['city', 'by'], name='runs_by')],
                'constraints': [models.UniqueConstraint(fields=('city', 'uid'), name='one_run_per_form')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('publish', 'Publish'), ('hide', 'Hide'), ('move', 'Move'), ('ask', 'Ask the author'), ('spam', 'Spam: hide and learn')], max_length=8)),
                ('reason', models.CharField(blank=True, choices=[('insult', 'It insults or threatens people'), ('private', 'It tells private things about somebody'), ('spam', 'It is advertising or makes no sense'), ('place', 'It does not belong to this topic'), ('twice', 'It is already here'), ('copied', 'Somebody else made it and was not asked'), ('unlawful', 'It may break the law'), ('other', 'Another reason')], max_length=12)),
                ('text', models.CharField(blank=True, max_length=1000)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('was_why', models.CharField(choices=[('waiting', 'Waits before it is shown'), ('new', 'New, nobody has looked at it'), ('flagged', 'Flagged'), ('appeal', 'Objection'), ('report', 'Reported as illegal')], max_length=8)),
                ('was_visibility', models.CharField(blank=True, max_length=12)),
                ('was_reason', models.CharField(blank=True, max_length=300)),
                ('was_category', models.BigIntegerField(blank=True, null=True)),
                ('was_area', models.BigIntegerField(blank=True, null=True)),
                ('was_step', models.BigIntegerField(blank=True, null=True)),
                ('was_lat', models.FloatField(blank=True, null=True)),
                ('was_lon', models.FloatField(blank=True, null=True)),
                ('reply', models.TextField(blank=True)),
                ('replied_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='moderation.case')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
                ('suspension', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.suspension')),
                ('undone_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('run', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='moderation.run')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'case', 'id'], name='decisions_of_case'), models.Index(fields=['city', 'contribution', 'id'], name='decisions_of_contribution'), models.Index(fields=['city', 'by', 'id'], name='decisions_by'), models.Index(fields=['city', 'run', 'id'], name='decisions_of_run'), models.Index(fields=['city', 'at'], name='decisions_by_time')],
            },
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('author', 'Author'), ('reporter', 'Who reported it')], default='author', max_length=8)),
                ('words', models.CharField(blank=True, max_length=1000)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('outcome', models.CharField(blank=True, choices=[('stays', 'The decision stays'), ('changed', 'The decision was changed')], max_length=8)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('participant', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='appeals', to='moderation.case')),
                ('decision', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='appeals', to='moderation.decision')),
                ('outcome_decision', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='moderation.decision')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'case', 'id'], name='appeals_of_case'), models.Index(fields=['city', 'participant'], name='appeals_of_person')],
                'constraints': [models.UniqueConstraint(fields=('city', 'decision', 'side'), name='one_appeal_each_side')],
            },
        ),
        migrations.CreateModel(
            name='Flag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField()),
                ('reason', models.CharField(choices=[('rules', 'It insults or threatens people'), ('personal', 'It tells private things about somebody'), ('spam', 'It is advertising or makes no sense'), ('place', 'It is at the wrong place here'), ('other', 'Something else is wrong with the text')], max_length=12)),
                ('words', models.CharField(blank=True, max_length=1000)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='moderation.case')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('participant', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'case', 'id'], name='flags_of_case'), models.Index(fields=['city', 'participant', 'id'], name='flags_of_person')],
                'constraints': [models.UniqueConstraint(fields=('city', 'uid'), name='one_flag_per_form'), models.UniqueConstraint(condition=models.Q(('participant__isnull', False)), fields=('city', 'case', 'participant'), name='one_flag_each')],
            },
        ),
        migrations.CreateModel(
            name='HourCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hour', models.DateTimeField()),
                ('verb', models.CharField(choices=[('publish', 'Publish'), ('hide', 'Hide'), ('move', 'Move'), ('ask', 'Ask the author'), ('spam', 'Spam: hide and learn')], max_length=8)),
                ('count', models.IntegerField(default=0)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'hour', 'verb'), name='one_count_per_hour')],
            },
        ),
        migrations.CreateModel(
            name='RunItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stamp', models.CharField(blank=True, max_length=24)),
                ('state', models.CharField(choices=[('todo', 'to do'), ('done', 'done'), ('failed', 'not possible'), ('undone', 'taken back')], default='todo', max_length=8)),
                ('fault', models.CharField(blank=True, max_length=300)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='moderation.case')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='moderation.run')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'run', 'state', 'id'], name='items_of_run')],
                'constraints': [models.UniqueConstraint(fields=('city', 'run', 'case'), name='one_item_per_case')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60)),
                ('query', models.CharField(max_length=500)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('participant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.participant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'participant', 'name'), name='one_view_per_name')],
            },
        ),
        migrations.CreateModel(
            name='Signal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('mail', 'names a mail address'), ('phone', 'names a telephone number'), ('iban', 'names a bank account'), ('plate', 'names a number plate'), ('words', "has a word of the city's list"), ('spam', 'looks like advertising'), ('same', 'reads like others'), ('links', 'has links'), ('new', 'first text of a new account')], max_length=8)),
                ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='signals', to='moderation.case')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'kind', 'case'], name='signals_by_kind')],
                'constraints': [models.UniqueConstraint(fields=('city', 'case', 'kind'), name='one_signal_per_kind')],
            },
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hash', models.BigIntegerField()),
                ('spam', models.IntegerField(default=0)),
                ('fine', models.IntegerField(default=0)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'hash'), name='one_token_per_hash')],
            },
        ),
        migrations.CreateModel(
            name='Trace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.BigIntegerField()),
                ('sketch', models.BinaryField(max_length=128)),
                ('family', models.BigIntegerField()),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'family', 'contribution'], name='traces_of_family')],
                'constraints': [models.UniqueConstraint(fields=('city', 'contribution'), name='one_trace_each')],
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('spike', 'Much more than usual comes in'), ('late', 'Something waits longer than promised')], max_length=8)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('count', models.PositiveIntegerField(default=0)),
                ('usual', models.PositiveIntegerField(default=0)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('city', 'kind'), name='one_alert_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Band',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.BigIntegerField()),
                ('family', models.BigIntegerField()),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'family'], name='bands_of_family')],
                'constraints': [models.UniqueConstraint(fields=('city', 'value', 'family'), name='one_band_per_family')],
            },
        ),
    ]
