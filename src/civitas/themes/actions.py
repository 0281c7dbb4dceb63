"""What the team does with themes: begin and name them, gather voices and take them out, publish them. Each asks its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from civitas.contributions.actions import announce, change_visibility, index_later, keep_new, look_later
from civitas.contributions.checks import LONGEST_TEXT, LONGEST_TITLE
from civitas.contributions.circles import circle_among, said
from civitas.contributions.counts import keeping_counts
from civitas.contributions.linking import make_links, remove_links
from civitas.contributions.models import MADE, WORDS, Contribution, Link, Revision
from civitas.contributions.walking import among, walk
from civitas.journal.actions import record
from civitas.kit.refusals import too_long
from civitas.kit.texts import cleaned, cleaned_line
from civitas.kit.verdicts import Refused
from civitas.outbox.actions import enqueue
from civitas.processes.rules import takes_more
from civitas.themes.figures import keep_themes
from civitas.themes.models import Gathering, GatheringItem, Theme
from civitas.themes.queries import count_voices
from civitas.themes.rules import may_change, may_gather, may_put_back, may_show

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from civitas.cities.models import City
    from civitas.people.actors import Actor
    from civitas.processes.models import Step

Visibility = Contribution.Visibility
MOST_VOICES = 10_000
# So many come in while the page waits; the rest is brought by the worker, so many at a time.
AT_ONCE = 200


def make_theme(actor: Actor, step: Step, *, uid: UUID, title: str, text: str) -> Contribution:
    """Begin a theme as a draft; the same form sent twice gives the same one. Raises Refused with a sentence at its field."""
    may_gather(actor).require()
    if step.city_id != actor.city.pk:
        raise Refused(_("We cannot find this in this city."), status=404)
    title, text = _checked(title, text)
    known = _by_uid(actor.city, uid)
    if known is not None:
        return known
    takes_more(step.process).require()
    row = Contribution(
        city=actor.city, uid=uid, process=step.process, step=step, kind=Contribution.Kind.THEME, title=title, text=text,
        organisation=step.process.organisation, visibility=Visibility.DRAFT, given_at=timezone.now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            keep_new(actor.city, [row])
            Theme.objects.create(city=actor.city, contribution=row, made_by=actor.participant)
            record(actor.city, by=actor.uid, verb="theme.made", subject=f"contribution:{row.pk}")
    except IntegrityError:  # the same form sent twice in the same instant
        twin = _by_uid(actor.city, uid)
        if twin is None:
            raise
        return twin
    return row


def change_words(actor: Actor, theme: Contribution, *, title: str, text: str, version: int) -> Contribution:
    """Name and describe a theme; how it read is kept, and no board changes its words from then on.

    Raises Refused (409) when somebody changed it since `version`.
    """
    may_change(actor, theme).require()
    title, text = _checked(title, text)
    city = actor.city
    with transaction.atomic():
        held = _held(city, theme)
        row: Contribution = Contribution.objects.of(city).select_for_update(of=("self",)).get(pk=theme.pk)
        if row.version != version:
            raise Refused(_("Somebody changed this theme meanwhile. Below is how it reads now; yours is kept."), status=409)
        if (row.title, row.text) == (title, text):
            return row
        words = {name: getattr(row, name) for name in WORDS}
        earlier = Revision.objects.create(
            city=city, contribution=row, version=row.version, **words, drawing=row.drawing, at=timezone.now(), by=actor.participant
        )
        with keeping_counts(city, row):
            row.title, row.text, row.version = title, text, row.version + 1
            row.save(update_fields=["title", "text", "version", "changed_at"])
        held.is_written = True
        held.save(update_fields=["is_written"])
        index_later(city, [row])
        look_later(city, [row])
        announce(city, row, earlier=earlier)
        record(city, by=actor.uid, verb="theme.changed", subject=f"contribution:{row.pk}", details={"version": row.version})
    return row


def gather(actor: Actor, theme: Contribution, keys: Iterable[int], *, uid: UUID) -> Gathering:
    """Bring voices into a theme, at most 10,000: the first at once, the rest by the worker. The same form twice gives the same run.

    What is in it already stays; what cannot be in it is named. Raises Refused.
    """
    may_change(actor, theme).require()
    city = actor.city
    known: Gathering | None = Gathering.objects.of(city).filter(uid=uid).select_related("theme").first()
    if known is not None:
        return known
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        raise Refused(_("Please tick at least one voice."), status=400)
    if len(wanted) > MOST_VOICES:
        raise Refused(_("These are more than 10,000. Please narrow down the search."), status=400)
    own = set(Contribution.objects.of(city).filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True))
    try:
        with transaction.atomic():
            row = _held(city, theme)
            run: Gathering = Gathering.objects.create(city=city, uid=uid, theme=row, by=actor.participant, total=len(own))
            items = [GatheringItem(city=city, gathering=run, contribution_id=key) for key in wanted if key in own]
            GatheringItem.objects.bulk_create(items, batch_size=500)
            record(city, by=actor.uid, verb="theme.gathered", subject=f"contribution:{theme.pk}", details={"voices": len(own)})
            if work_gathering(city, run.pk):
                enqueue(city, "themes.gather", {"gathering": run.pk}, key=f"gathering-{run.pk}")
    except IntegrityError:  # the same form sent twice in the same instant
        twin: Gathering | None = Gathering.objects.of(city).filter(uid=uid).select_related("theme").first()
        if twin is None:
            raise
        return twin
    run.refresh_from_db()
    run.theme = row
    return run


def undo_gathering(actor: Actor, theme: Contribution, run: Gathering) -> None:
    """Take out again what a gathering brought; what was in the theme before stays."""
    may_change(actor, theme).require()
    city = actor.city
    with transaction.atomic():
        here = Gathering.objects.of(city).filter(pk=run.pk, theme__contribution=theme, theme__city=city)
        if not here.exists():
            raise Refused(_("We cannot find this."), status=404)
        if not Gathering.objects.of(city).filter(pk=run.pk, state=Gathering.State.DONE).update(state=Gathering.State.UNDOING):
            raise Refused(_("This is still under way, or was taken back already."), status=409)
        record(city, by=actor.uid, verb="theme.gathering_undone", subject=f"contribution:{theme.pk}", details={"gathering": run.pk})
        if work_gathering(city, run.pk):
            enqueue(city, "themes.gather", {"gathering": run.pk}, key=f"gathering-{run.pk}")


def work_gathering(city: City, key: int) -> bool:
    """Bring in, or take back, the next 200 of a gathering; whether some are left. Safe to run twice."""
    with transaction.atomic():
        run: Gathering | None = (
            Gathering.objects.of(city).select_for_update(of=("self",)).filter(pk=key).select_related("theme__contribution", "by").first()
        )
        if run is None or not run.is_moving:
            return False
        row = _held(city, run.theme.contribution)
        running = run.state == Gathering.State.RUNNING
        state = GatheringItem.State.TODO if running else GatheringItem.State.ADDED
        items = list(GatheringItem.objects.of(city).filter(gathering=run, state=state).order_by("pk")[:AT_ONCE])
        keys, by = [item.contribution_id for item in items], run.by.uid if run.by else None
        if running:
            _note(run, items, _put_in(city, row, keys, by=by))
        else:
            _take(city, row, keys, by=by)
            GatheringItem.objects.of(city).filter(pk__in=[item.pk for item in items]).update(state=GatheringItem.State.TODO)
        count_later(city, row.pk)
        left: bool = GatheringItem.objects.of(city).filter(gathering=run, state=state).exists()
        if not left:
            run.state = Gathering.State.DONE if running else Gathering.State.UNDONE
        run.save(update_fields=["state", "added_count", "there_count", "refused_count"])
        return left


def take_out(actor: Actor, theme: Contribution, keys: Collection[int]) -> int:
    """Take voices out of a theme, with what was merged into them; returns how many links that were."""
    may_change(actor, theme).require()
    if not keys:
        raise Refused(_("Please tick at least one voice."), status=400)
    city = actor.city
    with transaction.atomic():
        row = _held(city, theme)
        merged = Contribution.objects.of(city).filter(merged_into__in=list(keys)).order_by("pk").values_list("pk", flat=True)
        gone = _take(city, row, [*keys, *merged], by=actor.uid)
        if gone:
            count_later(city, row.pk)
            record(city, by=actor.uid, verb="theme.taken_out", subject=f"contribution:{theme.pk}", details={"voices": gone})
    return gone


def publish_theme(actor: Actor, theme: Contribution) -> Contribution:
    """Show a theme; who gave a voice hears of it by the lineage, the first time."""
    may_gather(actor, theme).require()
    city = actor.city
    with transaction.atomic():
        theme = _as_it_is(city, theme)
        may_show(actor, theme, count_voices(city, theme)).require()
        shown = change_visibility(city, theme, Visibility.PUBLISHED)
        record(city, by=actor.uid, verb="theme.published", subject=f"contribution:{theme.pk}")
    return shown


def put_back(actor: Actor, theme: Contribution) -> Contribution:
    """Make a published theme a draft again; its voices stay in it."""
    may_gather(actor, theme).require()
    with transaction.atomic():
        theme = _as_it_is(actor.city, theme)
        may_put_back(actor, theme).require()
        row = change_visibility(actor.city, theme, Visibility.DRAFT)
        record(actor.city, by=actor.uid, verb="theme.put_back", subject=f"contribution:{theme.pk}")
    return row


def refusal_of(city: City, theme: Contribution, voice: Contribution) -> str:
    """Why a voice cannot be in a theme, in a sentence with the way from one to the other; '' when it can.

    What is not shown is named by its number, so that a sentence tells its title to nobody who may not see it.
    """
    if voice.pk == theme.pk:
        return _("A theme cannot be a part of itself.")
    if voice.visibility != Visibility.PUBLISHED:
        return _("Number %(number)s is not shown at the moment.") % {"number": voice.number or ""}
    if voice.kind in MADE:
        return _("“%(title)s” is no voice: it was made of voices.") % {"title": voice.title}
    if path := circle_among(city, [(voice.pk, theme.pk)]):
        return _("“%(title)s” came out of this theme: %(way)s.") % {"title": voice.title, "way": said(city, path)}
    return "" if voice.listed else _("“%(title)s” is not shown at the moment.") % {"title": voice.title}


def count_later(city: City, theme: int) -> None:
    """Have a theme's figures counted anew, once for all that comes until then."""
    enqueue(city, "themes.count", {"theme": theme}, key=f"theme-{theme}")


def _held(city: City, theme: Contribution) -> Theme:
    """The theme's row, held until the transaction ends: of two people who gather, one comes after the other."""
    keep_themes(city, [theme.pk])
    row: Theme = Theme.objects.of(city).select_for_update(of=("self",)).select_related("contribution").get(contribution=theme)
    return row


def _as_it_is(city: City, theme: Contribution) -> Contribution:
    """The theme as it reads by now, held until the transaction ends: nobody hides it between the rule and the act."""
    _held(city, theme)
    row: Contribution = Contribution.objects.of(city).select_for_update(of=("self",)).select_related("process").get(pk=theme.pk)
    return row


def _put_in(city: City, row: Theme, keys: Collection[int], *, by: UUID | None) -> Mapping[int, str]:
    """Link voices to a theme; what became of each."""
    theme, kind = row.contribution_id, str(Link.Kind.GROUPED_INTO)
    later = walk(city, [theme], "later")
    links = Link.objects.of(city).filter(target=theme, kind=kind, source__in=among(keys))
    there = set(links.order_by("pk").values_list("source", flat=True))
    fit = Contribution.objects.of(city).filter(pk__in=among(keys), listed=1).exclude(kind__in=MADE)
    able = set(fit.order_by("pk").values_list("pk", flat=True)) - later.generations.keys() - later.heads.keys()
    now = row.contribution
    if now.merged_into_id or now.visibility not in {Visibility.DRAFT, Visibility.PUBLISHED}:
        able = set()  # it was hidden, or put together with another one, since the press
    make_links(city, [(key, theme, kind) for key in keys if key in able and key not in there], by=by)
    added, lay_there, refused = GatheringItem.State.ADDED, GatheringItem.State.THERE, GatheringItem.State.REFUSED
    return {key: lay_there if key in there else added if key in able else refused for key in keys}


def _take(city: City, row: Theme, keys: Collection[int], *, by: UUID | None) -> int:
    """Remove the links from voices to a theme; how many there were."""
    return len(remove_links(city, [(key, row.contribution_id, str(Link.Kind.GROUPED_INTO)) for key in keys], by=by))


def _note(run: Gathering, items: Collection[GatheringItem], outcomes: Mapping[int, str]) -> None:
    for item in items:
        item.state = outcomes[item.contribution_id]
        run.added_count += item.state == GatheringItem.State.ADDED
        run.there_count += item.state == GatheringItem.State.THERE
        run.refused_count += item.state == GatheringItem.State.REFUSED
    GatheringItem.objects.of(run.city_id).bulk_update(items, ["state"], batch_size=200)


def _by_uid(city: City, uid: UUID) -> Contribution | None:
    row: Contribution | None = Contribution.objects.of(city).filter(uid=uid, kind=Contribution.Kind.THEME).first()
    return row


def _checked(title: str, text: str) -> tuple[str, str]:
    title, text = cleaned_line(title), cleaned(text)
    fields = {"title": too_long(title, LONGEST_TITLE), "text": too_long(text, LONGEST_TEXT)}
    if not any(map(str.isalnum, title)):
        fields["title"] = _("Please give the theme a name in words.")
    fields = {name: sentence for name, sentence in fields.items() if sentence}
    if fields:
        raise Refused(_("Something is missing. Please look at the marked fields."), status=400, fields=fields)
    return title, text
