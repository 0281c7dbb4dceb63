import civitas.kit.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cities', '0004_rules_version'),
        ('people', '0003_suspensions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('participant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.participant')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'ends_on', 'starts_on'], name='absences_by_day')],
                'constraints': [models.UniqueConstraint(fields=('city', 'participant', 'starts_on'), name='one_absence_per_start'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='absence_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=civitas.kit.ids.uuid7)),
                ('mail', models.EmailField(blank=True, max_length=254)),
                ('language', models.CharField(default='de', max_length=12)),
                ('role', models.CharField(choices=[('member', 'Member of an organisation'), ('moderator', 'Editorial team'), ('facilitator', 'Facilitator'), ('expert', 'Department expert'), ('owner', 'Process owner'), ('administrator', 'City administrator')], max_length=20)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('renewed_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('round', models.PositiveSmallIntegerField(default=1)),
                ('sent_round', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('refused_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('organisation', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.organisation')),
                ('used_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'until'], name='invitations_by_end')],
                'constraints': [models.UniqueConstraint(fields=('city', 'uid'), name='one_invitation_per_uid'), models.UniqueConstraint(condition=models.Q(('organisation__isnull', False), models.Q(('mail', ''), _negated=True)), fields=('city', 'mail', 'role', 'organisation'), name='one_open_invitation'), models.UniqueConstraint(condition=models.Q(('organisation__isnull', True), models.Q(('mail', ''), _negated=True)), fields=('city', 'mail', 'role'), name='one_open_city_invitation')],
            },
        ),
        migrations.CreateModel(
            name='ShiftNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField()),
                ('text', models.CharField(max_length=500)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('pinned_at', models.DateTimeField(blank=True, null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'done_at', 'id'], name='shift_notes_by_done'), models.Index(fields=['city', 'at'], name='shift_notes_by_age')],
                'constraints': [models.UniqueConstraint(fields=('city', 'uid'), name='one_shift_note_per_form')],
            },
        ),
    ]
