"""Who leaves takes their words and pictures along; nameless tombstones keep threads whole."""

import io

import pytest
from django.core.files.storage import default_storage
from tests import factories
from tests.media.test_actions import jpeg

from civitas.contributions.actions import mend_contribution
from civitas.contributions.counts import miscounts
from civitas.contributions.models import Attachment, Contribution, Revision
from civitas.contributions.personal import erase_given
from civitas.contributions.queries import Filters, listed_page
from civitas.media.actions import keep_picture, path_of
from civitas.media.models import MediaFile
from civitas.outbox.worker import run_due
from civitas.people.actors import actor_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_texts_versions_pictures_and_index_go_and_the_thread_stays():
    city = factories.make_city()
    person = factories.make_participant(city, "Ayşe")
    actor = actor_of(person)
    step = factories.make_step(factories.make_process(city))
    row = factories.make_contribution(
        step, "Geheimwort hier", author=person, lat=53.5, lon=10.0, audience="Geheim", proposal="Geheim", benefit="Geheim"
    )
    answer = factories.make_comment(row, "Antwort bleibt", author=factories.make_participant(city, "Bob"))
    raw = jpeg(600, 300)
    file = keep_picture(actor, io.BytesIO(raw), size=len(raw))
    Attachment.objects.create(city=city, contribution=row, file=file)
    paths = [path_of(city, each.name) for each in file.derivatives.of(city)]
    mend_contribution(actor, row, title="Geheimwort dort", text="Neu", version=row.version)
    run_due()
    assert all(map(default_storage.exists, paths))
    erase_given(city, person)
    run_due()
    row = Contribution.objects.of(city).get(pk=row.pk)
    assert (row.title, row.text, row.author, row.lat, row.visibility) == ("", "", None, None, "erased")
    assert (row.audience, row.proposal, row.benefit) == ("", "", "")
    assert not Revision.objects.of(city).exists()
    assert not MediaFile.objects.of(city).exists()
    assert not any(map(default_storage.exists, paths))
    assert listed_page(city, Filters(words="Geheimwort")).rows == []
    assert Contribution.objects.of(city).get(pk=answer.pk).text == "Antwort bleibt"
    assert miscounts(city) == []
