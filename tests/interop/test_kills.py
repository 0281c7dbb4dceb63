"""Kill -9 in the middle of an import: run again, it is complete and nothing is doubled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.interop.desks import PACKS, desk_of
from tests.outbox.processes import start_process, wait_until

from civitas.contributions.counts import miscounts
from civitas.contributions.models import Contribution
from civitas.interop.models import Import
from civitas.interop.packs import load_pack
from civitas.outbox.models import OutboxRow

if TYPE_CHECKING:
    from tests.interop.desks import Desk

SCRIPT = Path(__file__).with_name("import_process.py")
ROWS = 2_000  # four batches: enough to be killed in the middle of


def count(desk: Desk, *, comments: bool) -> int:
    rows = Contribution.objects.of(desk.city).filter(process=desk.process)
    return rows.filter(kind="comment").count() if comments else rows.exclude(kind="comment").count()


@pytest.mark.django_db(transaction=True)
def test_an_import_that_was_killed_twice_is_completed_without_doubles(tmp_path: Path) -> None:
    desk = desk_of(load_pack(PACKS / "bonn"), "raddialog", tmp_path)
    lines = (
        f"{n},Titel {n},Ein Text,Kategorie {n % 7},{50.7 + n % 90 / 2000:.4f},{7.1 + n % 70 / 2000:.4f},2017-09-{n % 28 + 1:02}\n"
        for n in range(ROWS)
    )
    contributions = desk.write("id,title,text,category,lat,lon,created\n" + "".join(lines))
    replies = (f"{n},{n % 900},Ein Kommentar,2017-10-{n % 28 + 1:02}\n" for n in range(ROWS))
    comments = desk.write("id,reply_to,text,created\n" + "".join(replies), "comments.csv")
    arguments = (desk.process.pk, contributions, comments, desk.rejects)

    for seen_in_comments in (False, True):
        run = start_process(SCRIPT, *arguments)
        wait_until(lambda comments=seen_in_comments: count(desk, comments=comments) > 0, seconds=60)
        run.kill()
        run.wait()
        assert count(desk, comments=seen_in_comments) < ROWS
        assert Import.objects.of(desk.city).get().is_cut_off  # known at once
    assert start_process(SCRIPT, *arguments).wait() == 0

    assert (count(desk, comments=False), count(desk, comments=True)) == (ROWS, ROWS)
    rows = Contribution.objects.of(desk.city)
    assert len(set(rows.values_list("source_key", flat=True))) == 2 * ROWS
    assert sum(rows.exclude(kind="comment").values_list("comment_count", flat=True)) == ROWS
    assert miscounts(desk.city) == []
    # It is one import, however often it was killed, and is taken back as one.
    units = Import.objects.of(desk.city)
    assert list(units.values_list("state", "new", "updated", "unchanged", "rejected")) == [("done", 2 * ROWS, 0, 0, 0)]
    assert OutboxRow.objects.of(desk.city).filter(kind="contributions.index").count() == ROWS
