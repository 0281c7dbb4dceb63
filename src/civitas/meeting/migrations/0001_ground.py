import civitas.kit.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cities', '0001_ground'),
        ('contributions', '0005_fill_kept_columns'),
        ('people', '0001_ground'),
    ]

    operations = [
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=civitas.kit.ids.uuid7)),
                ('pair', models.CharField(max_length=40)),
                ('begun_at', models.DateTimeField(auto_now_add=True)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'uid'), name='one_conversation_per_uid'), models.UniqueConstraint(fields=('city', 'contribution', 'pair'), name='one_conversation_per_pair')],
            },
        ),
        migrations.CreateModel(
            name='Joining',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('join', 'joins in'), ('help', 'offers help')], max_length=8)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('language', models.CharField(default='de', max_length=12)),
                ('is_private', models.BooleanField(default=False)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('hidden_at', models.DateTimeField(blank=True, null=True)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='joinings', to='contributions.contribution')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.organisation')),
                ('participant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.participant')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'contribution', 'role', 'id'], name='joinings_of_contribution'), models.Index(fields=['city', 'participant', 'id'], name='joinings_of_person')],
                'constraints': [models.UniqueConstraint(fields=('city', 'contribution', 'participant', 'role'), name='one_joining_per_role')],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=civitas.kit.ids.uuid7)),
                ('text', models.TextField(blank=True)),
                ('language', models.CharField(default='de', max_length=12)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('taken_out_at', models.DateTimeField(blank=True, null=True)),
                ('author', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('conversation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='letters', to='meeting.conversation')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'conversation', 'id'], name='letters_in_order'), models.Index(fields=['city', 'author', 'id'], name='letters_by_author')],
                'constraints': [models.UniqueConstraint(fields=('city', 'uid'), name='one_letter_per_uid')],
            },
        ),
        migrations.CreateModel(
            name='LettersOff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('participant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.participant')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'participant'), name='one_letters_off')],
            },
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_letter', models.BigIntegerField(default=0)),
                ('unread', models.PositiveIntegerField(default=0)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('conversation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='seats', to='meeting.conversation')),
                ('participant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.participant')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'participant', 'last_letter'], name='seats_newest'), models.Index(condition=models.Q(('unread__gt', 0)), fields=['city', 'participant'], name='seats_unread')],
                'constraints': [models.UniqueConstraint(fields=('city', 'conversation', 'participant'), name='one_seat_each')],
            },
        ),
        migrations.CreateModel(
            name='Turnout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('joins', models.PositiveIntegerField(default=0)),
                ('helps', models.PositiveIntegerField(default=0)),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contributions.contribution')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('city', 'contribution'), name='one_turnout')],
            },
        ),
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('blocked', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.participant')),
                ('blocker', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.participant')),
                ('city', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='cities.city')),
            ],
            options={
                'indexes': [models.Index(fields=['city', 'blocked'], name='blocks_of_blocked')],
                'constraints': [models.UniqueConstraint(fields=('city', 'blocker', 'blocked'), name='one_block')],
            },
        ),
    ]
