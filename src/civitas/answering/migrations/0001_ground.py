import civitas.kit.translated
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cities', '0004_rules_version'),
        ('contributions', '0011_parts_and_handing_over'),
        ('media', '0003_why_a_file_was_refused'),
        ('people', '0002_home_area'),
        ('processes', '0003_paused_comments'),
        ('services', '0002_service_places'),
    ]

    operations = [
        migrations.CreateModel(
            name='AssignmentRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField(default=0)),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.area')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='processes.category')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('process', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='processes.process')),
                ('service', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='services.service')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'position', 'id'], name='assignment_rules')],
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField()),
                ('due_key', models.BigIntegerField()),
                ('state', models.CharField(choices=[('open', 'To be answered'), ('promised', 'A next step is promised'), ('answered', 'Answered'), ('moved', 'Passed on')], default='open', max_length=10)),
                ('active', models.GeneratedField(db_persist=True, expression=models.Case(models.When(models.Q(('state__in', ['open', 'promised'])), then=models.Value(1)), default=models.Value(0)), output_field=models.SmallIntegerField())),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='contributions.contribution')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('rule', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='answering.assignmentrule')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'active', 'due_key'], name='assignments_by_day'), models.Index(fields=['city', 'active', 'person', 'due_key'], name='assignments_of_person'), models.Index(fields=['city', 'active', 'organisation', 'due_key'], name='assignments_of_department'), models.Index(fields=['city', 'contribution', 'id'], name='assignments_of_one')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'promised'])), fields=('city', 'contribution'), name='one_active_assignment')],
            },
        ),
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField()),
                ('kind', models.CharField(choices=[('answer', 'One answer to many'), ('assign', 'Assigned together')], max_length=8)),
                ('state', models.CharField(choices=[('waiting', 'Waiting for release'), ('running', 'Running'), ('done', 'Done'), ('dropped', 'Thrown away')], default='running', max_length=8)),
                ('status', models.CharField(blank=True, choices=[('received', 'Received'), ('in_review', 'In review'), ('planned', 'Planned'), ('in_work', 'In work'), ('done', 'Done'), ('not_possible', 'Not possible'), ('part_of', 'Part of something larger')], max_length=20)),
                ('text', models.TextField(blank=True)),
                ('next_step', models.CharField(blank=True, max_length=240)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('released_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'state', 'id'], name='answer_batches')],
                'constraints': [models.UniqueConstraint(fields=('city', 'uid'), name='one_batch_per_form')],
            },
        ),
        migrations.CreateModel(
            name='BatchItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waits'), ('done', 'Done'), ('failed', 'Not possible')], default='waiting', max_length=8)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='answering.batch')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'batch', 'state', 'id'], name='batch_items')],
                'constraints': [models.UniqueConstraint(fields=('city', 'batch', 'contribution'), name='one_batch_item')],
            },
        ),
        migrations.CreateModel(
            name='Body',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160)),
                ('contact', models.CharField(max_length=300)),
                ('url', models.URLField(blank=True, max_length=300)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'name'), name='one_body_per_name')],
            },
        ),
        migrations.CreateModel(
            name='AnswerDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('writing', 'Being written'), ('waiting', 'Waiting for release'), ('said', 'Published'), ('dropped', 'Thrown away')], default='writing', max_length=8)),
                ('status', models.CharField(blank=True, choices=[('received', 'Received'), ('in_review', 'In review'), ('planned', 'Planned'), ('in_work', 'In work'), ('done', 'Done'), ('not_possible', 'Not possible'), ('part_of', 'Part of something larger')], max_length=20)),
                ('text', models.TextField(blank=True)),
                ('next_step', models.CharField(blank=True, max_length=240)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('part_of', models.CharField(blank=True, max_length=20)),
                ('sent', models.TextField(blank=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('sent_back', models.CharField(blank=True, max_length=500)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='contributions.statusevent')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.organisation')),
                ('part_of_process', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='processes.process')),
                ('released_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('body', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='answering.body')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'state', 'id'], name='answer_drafts'), models.Index(fields=['city', 'contribution', 'id'], name='answer_drafts_of_one')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['writing', 'waiting'])), fields=('city', 'contribution'), name='one_open_answer')],
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='media.mediafile')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'contribution', 'id'], name='notes_of_contribution')],
            },
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.participant')),
                ('note', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='mentions', to='answering.note')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'note', 'person'), name='one_mention_per_note')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('due_on', models.DateField()),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('reply', models.TextField(blank=True)),
                ('replied_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.organisation')),
                ('replied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'contribution', 'id'], name='questions_of_contribution'), models.Index(condition=models.Q(('replied_at', None)), fields=['city', 'organisation', 'id'], name='questions_to_department')],
            },
        ),
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120)),
                ('status', models.CharField(blank=True, choices=[('received', 'Received'), ('in_review', 'In review'), ('planned', 'Planned'), ('in_work', 'In work'), ('done', 'Done'), ('not_possible', 'Not possible'), ('part_of', 'Part of something larger')], max_length=20)),
                ('text', civitas.kit.translated.TranslatedField(blank=True, default=civitas.kit.translated.Translated)),
                ('version', models.PositiveIntegerField(default=1)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'title'), name='one_template_per_title')],
            },
        ),
    ]
