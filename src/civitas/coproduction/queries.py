"""What is read of concepts: one with its sections, who writes, its versions and gates; lists of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from civitas.contributions.models import Contribution, Link, Revision
from civitas.coproduction.models import Concept, Decider, Gate, GateDecision, Member, Remark, SectionText, Wording
from civitas.coproduction.sections import Section, all_sections
from civitas.kit.keyset import KeysetPage, keyset_page
from civitas.people.models import Membership, Participant, Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from civitas.cities.models import City
    from civitas.people.actors import Actor

EDITIONS_A_PAGE = 20
CONCEPTS_A_PAGE = 12
MOST_MEMBERS = 200
MOST_REMARKS = 100
MOST_VOICES = 6
# Of gates: their concept is shown. One out of sight is named in no list, and nobody decides about it meanwhile.
SHOWN = {"concept__contribution__visibility": Contribution.Visibility.PUBLISHED}
MOST_NAMED = 50
LONGEST_FEED = 50
Kind = Contribution.Kind
# Of a link: where what it came from is shown.
_HEAD = Coalesce("source__merged_into", "source")


@dataclass(frozen=True)
class Written:
    """A section with what stands in it."""

    section: Section
    row: SectionText | None = None

    @property
    def text(self) -> str:
        """How it reads now; '' while nobody wrote it."""
        return self.row.text if self.row else ""

    @property
    def version(self) -> int:
        """Of the wording that stands there; 0 while there is none."""
        return self.row.version if self.row else 0


def concept_of(city: City, contribution: Contribution) -> Concept | None:
    """What a contribution has as a concept; None while nobody opened it for work. One query."""
    found: Concept | None = Concept.objects.of(city).filter(contribution=contribution).first()
    if found is not None:
        found.contribution = contribution
    return found


def concept_by_number(city: City, number: int) -> Contribution | None:
    """A contribution of kind concept by its number, with what rules ask of it."""
    rows = Contribution.objects.of(city).select_related("city", "author", "organisation", "process", "process__city", "step")
    return rows.filter(number=number, kind=Kind.CONCEPT).first()


def written_sections(concept: Concept | None) -> list[Written]:
    """Every section in order with its text; one query."""
    rows = {row.key: row for row in SectionText.objects.of(concept.city_id).filter(concept=concept)} if concept else {}
    return [Written(section, rows.get(section.key)) for section in all_sections()]


def words_of_sections(city: City, keys: Collection[int]) -> dict[int, str]:
    """What stands in the sections of these contributions, for the queue to look at; one query."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    rows = SectionText.objects.of(city).filter(concept__contribution__in=keys).exclude(text="").order_by("pk")
    for contribution, text in rows.values_list("concept__contribution", "text"):
        found[contribution].append(text)
    return {contribution: "\n".join(texts) for contribution, texts in found.items()}


def wording_at(concept: Concept, key: str, version: int) -> Wording | None:
    """One wording of a section."""
    rows = Wording.objects.of(concept.city_id).filter(concept=concept, key=key, version=version)
    return rows.select_related("by", "organisation").first()


def member_of(actor: Actor, concept: Concept | None) -> Member | None:
    """How the actor stands to a concept; None where they never asked."""
    if concept is None or actor.participant is None:
        return None
    return Member.objects.of(actor.city).filter(concept=concept, participant=actor.participant).first()


def wrote_in(actor: Actor, concept: Concept) -> bool:
    """Whether the actor wrote a section of a concept, or changed its title or lead, as who leads concepts does without being a member.

    Who asked something in a comment wrote nothing of it. Two queries at most.
    """
    if actor.participant is None:
        return False
    sections = Wording.objects.of(actor.city).filter(concept=concept, by=actor.participant)
    leads = Revision.objects.of(actor.city).filter(contribution=concept.contribution_id, by=actor.participant)
    return sections.exists() or leads.exists()


@dataclass
class Writer:
    """Somebody who writes along: under which name, and whether they still speak for their organisation."""

    row: Member
    is_former: bool = False  # they, or the organisation they spoke for, have left
    wrote: bool = False


def members_of(concept: Concept) -> list[Member]:
    """Who writes along, asks to or did, the first first; at most 200."""
    rows = Member.objects.of(concept.city_id).filter(concept=concept).select_related("participant", "organisation")
    return list(rows.defer("organisation__description").order_by("at", "pk")[:MOST_MEMBERS])


def writers_of(concept: Concept, members: Iterable[Member] | None = None) -> list[Writer]:
    """Who is in and who was, with whether they still speak for their organisation; two queries at most."""
    rows = [row for row in (members_of(concept) if members is None else members) if row.state in {Member.State.IN, Member.State.LEFT}]
    speaking = {row.participant_id for row in rows if row.organisation_name}
    pairs: set[tuple[int, int | None]] = set()
    if speaking:
        held = Membership.objects.of(concept.city_id).filter(participant__in=speaking, organisation__isnull=False)
        pairs = set(held.values_list("participant_id", "organisation_id"))
    return [
        Writer(
            row,
            row.state == Member.State.LEFT or bool(row.organisation_name and (row.participant_id, row.organisation_id) not in pairs),
        )
        for row in rows
    ]


def editions_page(concept: Concept, *, cursor: str = "") -> KeysetPage[Wording]:
    """The changes of a concept, the newest first."""
    rows = Wording.objects.of(concept.city_id).filter(concept=concept).select_related("by", "organisation")
    return keyset_page(rows.defer("organisation__description"), by=("edition",), cursor=cursor, size=EDITIONS_A_PAGE)


def wordings_before(concept: Concept, rows: Iterable[Wording]) -> dict[int, str]:
    """For each of these wordings, by key, the text before it; one query."""
    rows = list(rows)
    versions = {(row.key, row.version - 1): row.pk for row in rows if row.version > 1}
    if not versions:
        return {}
    earlier = Wording.objects.of(concept.city_id).filter(concept=concept, key__in={key for key, _v in versions})
    earlier = earlier.filter(version__in={version for _k, version in versions})
    found = {(key, version): text for key, version, text in earlier.values_list("key", "version", "text")}
    return {pk: found.get(at, "") for at, pk in versions.items()}


def texts_at(concept: Concept, edition: int) -> dict[str, str]:
    """How each section read when the concept had this edition; two queries."""
    rows = Wording.objects.of(concept.city_id).filter(concept=concept, edition__lte=edition).order_by("edition")
    last = dict(rows.values_list("key", "pk"))
    return dict(Wording.objects.of(concept.city_id).filter(pk__in=last.values()).values_list("key", "text"))


def lead_at(concept: Concept, edition: int) -> Revision | None:
    """How title and lead read when the concept had this edition; None where they read so now. Two queries at most.

    Every edition that has no wording of a section is a change of title or lead.
    """
    city = concept.city_id
    later = concept.edition - edition
    changes = later - Wording.objects.of(city).filter(concept=concept, edition__gt=edition).count() if later else 0
    if changes <= 0:
        return None
    earlier = Revision.objects.of(city).filter(contribution=concept.contribution_id, moved=False)
    return earlier.order_by("-version")[changes - 1 : changes].first()


def concepts_page(city: City, *, stage: str = "", cursor: str = "") -> KeysetPage[Contribution]:
    """Concepts that the city shows, the newest first; of one stage, where it is named. One query."""
    rows = (
        Contribution.objects.of(city)
        .filter(kind=Kind.CONCEPT, listed=1)
        .select_related("process", "organisation", "author", "area", "category")
    )
    rows = rows.annotate(stage=F("concept__stage"))
    if stage == Concept.Stage.WRITING:
        rows = rows.exclude(concept__stage__in=[each for each in Concept.Stage.values if each != stage])
    elif stage:
        rows = rows.filter(concept__stage=stage)
    return keyset_page(rows.defer("area__boundary", "organisation__description"), by=("newest_key",), cursor=cursor, size=CONCEPTS_A_PAGE)


@dataclass
class GateView:
    """A gate as pages show it: the decision that counts, earlier ones, who decides, and what its concept's authors answered."""

    row: Gate
    decisions: list[GateDecision] = field(default_factory=list)  # the newest first
    deciders: list[Participant] = field(default_factory=list)
    replies: list[Contribution] = field(default_factory=list)

    @property
    def decision(self) -> GateDecision | None:
        """What counts; None while nothing is decided."""
        return self.decisions[0] if self.decisions else None

    @property
    def earlier(self) -> list[GateDecision]:
        """What was corrected."""
        return self.decisions[1:]


def newest_decisions(city: City) -> list[GateDecision]:
    """What was decided last about concepts that the city shows, each as it counts now; one query, at most 50."""
    here = {"gate__city": city, "gate__concept__city": city, "gate__concept__contribution__city": city}
    shown = {f"gate__{name}": value for name, value in SHOWN.items()}
    rows = GateDecision.objects.of(city).filter(version=F("gate__version"), **here, **shown)
    return list(rows.select_related("gate", "gate__concept", "gate__concept__contribution").order_by("-at", "-pk")[:LONGEST_FEED])


def gates_of(concept: Concept, *, only: int | None = None) -> list[GateView]:
    """The gates of a concept in order, with all that belongs to them; four queries."""
    city = concept.city_id
    rows = Gate.objects.of(city).filter(concept=concept).order_by("position")
    views = {row.pk: GateView(row) for row in (rows if only is None else rows.filter(pk=only))}
    if not views:
        return []
    for view in views.values():
        view.row.concept = concept
    for decision in GateDecision.objects.of(city).filter(gate__in=views).select_related("by").order_by("-version"):
        views[decision.gate_id].decisions.append(decision)
    for decider in Decider.objects.of(city).filter(gate__in=views).select_related("participant").order_by("pk"):
        views[decider.gate_id].deciders.append(decider.participant)
    for remark in _remarks(city).filter(gate__in=views):
        views[remark.gate_id].replies.append(remark.comment)
    return list(views.values())


def _remarks(city: int) -> QuerySet[Remark]:
    rows = Remark.objects.of(city).select_related("comment", "comment__author", "comment__organisation", "comment__root")
    return rows.filter(comment__visibility=Contribution.Visibility.PUBLISHED).order_by("pk")


def remarks_of(concept: Concept, key: str) -> list[Contribution]:
    """The comments on one section that are shown, the oldest first; at most 100 of the newest. One query."""
    rows = list(_remarks(concept.city_id).filter(concept=concept, key=key).order_by("-pk")[:MOST_REMARKS])
    return [row.comment for row in reversed(rows)]


def remark_counts(concept: Concept) -> dict[str, int]:
    """How many comments each section has; one query."""
    shown = Remark.objects.of(concept.city_id).filter(concept=concept, comment__visibility=Contribution.Visibility.PUBLISHED)
    return dict(shown.exclude(key="").order_by("key").values_list("key").annotate(count=Count("pk")))


def places_of_remarks(city: City | int, comments: Collection[int]) -> dict[int, str]:
    """For the thread: what part of a concept a comment is about, in words; one query."""
    titles = {each.key: str(each.title) for each in all_sections()}
    rows = Remark.objects.of(city).filter(comment__in=comments).values_list("comment", "key", "gate__title")
    return {comment: titles.get(key, key) if key else title or "" for comment, key, title in rows}


def written_by_hand(city: City, keys: Collection[int]) -> set[int]:
    """Which of these contributions were opened for work as concepts; one query."""
    return set(Concept.objects.of(city).filter(contribution__in=keys).values_list("contribution_id", flat=True))


def voices_of(concept_row: Contribution) -> tuple[list[Contribution], int]:
    """The voices a concept came from, those with the most support first and at most six, and how many there are; four queries.

    What themes among its origins gathered counts as well; what was put together with another is that one, once.
    """
    city = concept_row.city_id
    links = Link.objects.of(city).exclude(kind=Link.Kind.RELATED_TO).annotate(head=_HEAD)
    direct = set(links.filter(target=concept_row).values_list("head", flat=True))
    if not direct:
        return [], 0
    themes = Contribution.objects.of(city).filter(pk__in=direct, kind=Kind.THEME).values("pk")
    gathered = links.filter(target__in=themes).values("head")
    shown = Contribution.objects.of(city).filter(listed=1, kind__in=(Kind.IDEA, Kind.IMPROVEMENT))
    rows = shown.filter(pk__in=direct) | shown.filter(pk__in=gathered)
    few = list(
        rows.select_related("author", "organisation", "area")
        .defer("area__boundary")
        .order_by("-support_total", "-newest_key")[:MOST_VOICES]
    )
    return few, rows.order_by().count() if len(few) == MOST_VOICES else len(few)


def named_in(concept_row: Contribution) -> list[Contribution]:
    """The voices and themes that are named by hand as its origins, as they are shown, the last named first; at most fifty. One query."""
    links = Link.objects.of(concept_row.city_id).filter(target=concept_row, kind=Link.Kind.DEVELOPED_INTO)
    links = links.filter(Q(source__listed=1) | Q(source__merged_into__listed=1)).select_related("source", "source__merged_into")
    return list(dict.fromkeys(link.source.merged_into or link.source for link in links.order_by("-pk")[:MOST_NAMED]))


def is_shared(contribution: Contribution) -> bool:
    """Whether somebody else than its author wrote in a concept, title and lead counted, or something was decided about it; one query."""
    city = contribution.city_id
    # Who has left is nobody any more, and was somebody else all the same.
    others = Q(by=None) | ~Q(by=contribution.author_id)
    sections = Wording.objects.of(city).filter(others, concept=OuterRef("pk"), by_canvas=False)
    leads = Revision.objects.of(city).filter(others, contribution=OuterRef("contribution"), moved=False)
    decided = Gate.objects.of(city).filter(concept=OuterRef("pk"), state=Gate.State.DECIDED)
    rows = Concept.objects.of(city).filter(contribution=contribution)
    return rows.filter(Exists(sections) | Exists(leads) | Exists(decided)).exists()


def passed_gates(contribution: Contribution) -> bool:
    """Whether a concept's last gate said go on, and none waits; only such a one may become a service. Two queries."""
    gates = Gate.objects.of(contribution.city_id).filter(concept__contribution=contribution)
    if gates.filter(state=Gate.State.WAITING).exists():
        return False
    decisions = GateDecision.objects.of(contribution.city_id).filter(gate__in=gates.values("pk"))
    last = decisions.order_by("-gate__position", "-version").values_list("verdict", flat=True).first()
    return last == GateDecision.Verdict.GO


def concept_leaders(city: City) -> list[Participant]:
    """Who leads concepts in a city, for news that nobody else could act on; at most 50."""
    roles = (Role.OWNER, Role.FACILITATOR, Role.ADMINISTRATOR)
    rows = Participant.objects.of(city).filter(pk__in=Membership.objects.of(city).filter(role__in=roles).values("participant"))
    return list(rows.filter(erased_at=None).order_by("pk")[:50])


def colleagues(city: City) -> list[tuple[Participant, str]]:
    """Everybody who works for the city, by name, with their roles in words: those who may be named at a gate."""
    rows = Membership.objects.of(city).exclude(role=Role.MEMBER).filter(participant__erased_at=None).select_related("participant")
    found: dict[int, tuple[Participant, list[str]]] = {}
    for row in rows.order_by("participant__pseudonym", "participant", "role"):
        found.setdefault(row.participant_id, (row.participant, []))[1].append(str(row.get_role_display()))
    return [(person, ", ".join(dict.fromkeys(roles))) for person, roles in found.values()]


def waiting_for(participant: Participant) -> list[Gate]:
    """The gates that wait for this person's decision, the most urgent first; one query."""
    rows = Gate.objects.of(participant.city_id).filter(state=Gate.State.WAITING, deciders__participant=participant, **SHOWN)
    return list(rows.select_related("concept", "concept__contribution").order_by(F("due_on").asc(nulls_last=True), "pk")[:50])


def open_gates(city: City) -> list[Gate]:
    """Every gate that waits, the most urgent first; one query."""
    rows = Gate.objects.of(city).filter(state=Gate.State.WAITING, **SHOWN).select_related("concept", "concept__contribution")
    return list(rows.order_by(F("due_on").asc(nulls_last=True), "pk")[:200])
