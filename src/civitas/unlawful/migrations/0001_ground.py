import civitas.kit.ids
import civitas.unlawful.models
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cities', '0004_rules_version'),
        ('contributions', '0011_parts_and_handing_over'),
        ('people', '0003_suspensions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Matter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=civitas.unlawful.models.random_token, max_length=40)),
                ('address', models.CharField(max_length=300)),
                ('state', models.CharField(choices=[('open', 'Not decided yet'), ('asked', 'A question is with who reported it'), ('decided', 'Decided')], default='open', max_length=8)),
                ('ground', models.CharField(choices=[('hate', 'Incitement to hatred or violence'), ('insult', 'Insult or slander'), ('threat', 'Threat, or a call to commit crimes'), ('symbols', 'Forbidden symbols or propaganda'), ('children', 'Sexual abuse of children'), ('sexual', 'Sexual harassment or intimate pictures'), ('privacy', 'Private things about somebody, or their picture'), ('copyright', 'Somebody else’s text or picture'), ('fraud', 'Fraud'), ('other', 'Another law')], max_length=12)),
                ('report_count', models.PositiveIntegerField(default=0)),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('outcome', models.CharField(blank=True, choices=[('illegal', 'Against the law: not shown any more'), ('rules', 'Against our rules: not shown any more'), ('lawful', 'Not against the law: it stays')], max_length=8)),
                ('norm', models.CharField(blank=True, max_length=200)),
                ('facts', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('told_police_on', models.DateField(blank=True, null=True)),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contributions.contribution')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'state', 'id'], name='matters_newest'), models.Index(fields=['city', 'state', 'ground', 'id'], name='matters_by_ground'), models.Index(fields=['city', 'decided_at'], name='matters_of_year'), models.Index(fields=['city', 'author', 'id'], name='matters_of_author'), models.Index(fields=['city', 'contribution', 'id'], name='matters_of_contribution')],
                'constraints': [models.UniqueConstraint(fields=('city', 'token'), name='one_matter_per_token'), models.UniqueConstraint(condition=models.Q(models.Q(('state', 'decided'), _negated=True), ('contribution__isnull', False)), fields=('city', 'contribution'), name='one_open_matter_each'), models.UniqueConstraint(condition=models.Q(models.Q(('state', 'decided'), _negated=True), ('contribution__isnull', True)), fields=('city', 'address'), name='one_open_matter_per_page'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('state', 'decided'), models.Q(('outcome', ''), _negated=True)), models.Q(models.Q(('state', 'decided'), _negated=True), ('outcome', '')), _connector='OR'), name='a_decided_matter_has_an_outcome')],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=civitas.kit.ids.uuid7)),
                ('number', models.PositiveBigIntegerField()),
                ('state', models.CharField(choices=[('proposed', 'Waits for a second person'), ('sealed', 'Sealed'), ('refused', 'Not kept'), ('deleted', 'Deleted')], default='proposed', max_length=8)),
                ('norm', models.CharField(max_length=200)),
                ('case_number', models.CharField(blank=True, max_length=80)),
                ('payload', models.BinaryField(null=True)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('proposed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sealed_at', models.DateTimeField(blank=True, null=True)),
                ('delete_on', models.DateField()),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('proposed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('sealed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('matter', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='evidence', to='unlawful.matter')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'state', 'id'], name='evidence_newest'), models.Index(fields=['city', 'state', 'delete_on'], name='evidence_to_delete')],
                'constraints': [models.UniqueConstraint(fields=('city', 'uid'), name='one_evidence_per_uid'), models.UniqueConstraint(fields=('city', 'number'), name='one_evidence_per_number'), models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'sealed'])), fields=('city', 'matter'), name='one_evidence_at_work'), models.CheckConstraint(condition=models.Q(('sealed_by__isnull', True), ('proposed_by__isnull', True), models.Q(('sealed_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='evidence_is_sealed_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('payload__isnull', False), ('state__in', ['proposed', 'sealed'])), models.Q(('payload__isnull', True), ('state__in', ['refused', 'deleted'])), _connector='OR'), name='evidence_is_there_or_gone')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=civitas.kit.ids.uuid7)),
                ('number', models.PositiveBigIntegerField()),
                ('token', models.CharField(default=civitas.unlawful.models.random_token, max_length=40)),
                ('ground', models.CharField(choices=[('hate', 'Incitement to hatred or violence'), ('insult', 'Insult or slander'), ('threat', 'Threat, or a call to commit crimes'), ('symbols', 'Forbidden symbols or propaganda'), ('children', 'Sexual abuse of children'), ('sexual', 'Sexual harassment or intimate pictures'), ('privacy', 'Private things about somebody, or their picture'), ('copyright', 'Somebody else’s text or picture'), ('fraud', 'Fraud'), ('other', 'Another law')], max_length=12)),
                ('explanation', models.TextField(blank=True)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('mail', models.EmailField(blank=True, max_length=254)),
                ('wants_mail', models.BooleanField(default=True)),
                ('with_name', models.BooleanField(default=False)),
                ('language', models.CharField(default='de', max_length=12)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('emptied_at', models.DateTimeField(blank=True, null=True)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('participant', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'at'], name='reports_of_year'), models.Index(fields=['city', 'participant', 'id'], name='reports_of_person')],
                'constraints': [models.UniqueConstraint(fields=('city', 'uid'), name='one_report_per_form'), models.UniqueConstraint(fields=('city', 'number'), name='one_report_per_number'), models.UniqueConstraint(fields=('city', 'token'), name='one_report_per_token')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('answer', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('matter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='unlawful.matter')),
                ('report', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='unlawful.report')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'report', 'id'], name='questions_of_report'), models.Index(fields=['city', 'matter', 'id'], name='questions_of_matter')],
            },
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('matter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='unlawful.matter')),
                ('report', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='unlawful.report')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'matter', 'id'], name='mentions_of_matter')],
                'constraints': [models.UniqueConstraint(fields=('city', 'report', 'matter'), name='one_mention_each')],
            },
        ),
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=civitas.kit.ids.uuid7)),
                ('text', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('outcome', models.CharField(blank=True, choices=[('kept', 'The decision stands'), ('changed', 'The decision was changed')], max_length=8)),
                ('reasons', models.TextField(blank=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('matter', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='complaints', to='unlawful.matter')),
                ('report', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='complaints', to='unlawful.report')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'outcome', 'id'], name='complaints_newest'), models.Index(fields=['city', 'at'], name='complaints_of_year')],
                'constraints': [models.UniqueConstraint(fields=('city', 'uid'), name='one_complaint_per_form'), models.UniqueConstraint(condition=models.Q(('report__isnull', False)), fields=('city', 'matter', 'report'), name='one_complaint_each'), models.UniqueConstraint(condition=models.Q(('report__isnull', True)), fields=('city', 'matter'), name='one_complaint_of_author')],
            },
        ),
        migrations.CreateModel(
            name='YearCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('is_final', models.BooleanField(default=False)),
                ('counted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('median_hours', models.PositiveIntegerField(blank=True, null=True)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'year'), name='one_count_per_year')],
            },
        ),
        migrations.CreateModel(
            name='Access',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('open', 'Read the evidence'), ('hand_out', 'Hand it out to the police or the public prosecutor'), ('extend', 'Keep it longer')], max_length=8)),
                ('reason', models.CharField(max_length=300)),
                ('delete_on', models.DateField(blank=True, null=True)),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('granted_at', models.DateTimeField(blank=True, null=True)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('evidence', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='accesses', to='unlawful.evidence')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'evidence', 'id'], name='accesses_of_evidence')],
                'constraints': [models.CheckConstraint(condition=models.Q(('granted_by__isnull', True), ('asked_by__isnull', True), models.Q(('granted_by', models.F('asked_by')), _negated=True), _connector='OR'), name='access_is_granted_by_another')],
            },
        ),
        migrations.CreateModel(
            name='Figure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('table', models.CharField(max_length=30)),
                ('group', models.CharField(max_length=30)),
                ('count', models.PositiveIntegerField(default=0)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'year', 'table', 'group'), name='one_figure')],
            },
        ),
    ]
