"""How news of putting together reads: the question, what came of it, what was put into one's own, what was undone or split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from civitas.contributions.models import Contribution
from civitas.contributions.notices import about, event_key, fetch_about
from civitas.kit.rooms import NoticeKind, Worded
from civitas.merging.models import Consent, Merge, Split
from civitas.merging.tokens import make_token

if TYPE_CHECKING:
    from civitas.cities.models import City
    from civitas.notices.models import Notice

Answer = Consent.Answer


def _consents(city: City) -> Any:
    return Consent.objects.of(city).select_related(
        "proposal", "proposal__head", "contribution", "contribution__merged_into", "author", "author__user"
    )


def _key_of(notice: Notice) -> int:
    return int(notice.subject.partition(":")[2])


def fetch_consents(city: City, notices: list[Notice]) -> None:
    """Read what many notices are about in one query."""
    rows = _consents(city).in_bulk({_key_of(notice) for notice in notices})
    for notice in notices:
        notice.fetched = {"consent": rows.get(_key_of(notice))}


def _consent(city: City, notice: Notice) -> Consent | None:
    found: Consent | None = notice.fetched["consent"] if notice.fetched else _consents(city).filter(pk=_key_of(notice)).first()
    return found


def word_asked(city: City, notice: Notice) -> Worded | None:
    """The team asks whether one's contribution may be put together with another."""
    consent = _consent(city, notice)
    if consent is None or not consent.is_open or consent.author is None:
        return None
    titles = {"own": consent.contribution.title, "other": consent.proposal.head.title}
    day = date_format(localtime(consent.proposal.until), "DATE_FORMAT")
    words = (
        _("Somebody else had the same thought. The team would like to put your contribution “%(own)s” together with “%(other)s”.") % titles,
        _("Why: %(reason)s") % {"reason": consent.proposal.reason},
        _("Your words, pictures and comments stay, with your name. Support counts for both together."),
        _("Is that all right with you? Please say yes or no. If we hear nothing by %(day)s, we take it as a yes.") % {"day": day},
    )
    path = f"/zusammenlegen/{consent.pk}"
    by_mail = f"/zusammenlegen/antwort/{make_token(consent)}" if consent.author.is_guest else ""
    return Worded(_("May we put your contribution together with another?"), words, path, _("Say yes or no"), mail_path=by_mail)


def word_outcome(city: City, notice: Notice) -> Worded | None:
    """What came of the question."""
    consent = _consent(city, notice)
    if consent is None or consent.is_open or consent.contribution.visibility != Contribution.Visibility.PUBLISHED:
        return None
    row = consent.contribution
    titles = {"own": row.title, "other": row.merged_into.title if row.merged_into else consent.proposal.head.title}
    if consent.answer in {Answer.YES, Answer.SILENT} and row.merged_into is not None:
        words = [_("“%(own)s” now stands together with “%(other)s”.") % titles, _("Your words stand there with your name.")]
        if consent.answer == Answer.SILENT:
            words.insert(0, _("We have not heard from you, so we took it as a yes."))
        words.append(_("If you do not agree, please tell the team: it can be undone at any time."))
        return Worded(_("Your contribution stands together with another"), tuple(words), row.path, _("See both"))
    words = [_("Your contribution “%(own)s” stays on its own, as it was.") % titles]
    if consent.answer == Answer.NO:
        words.append(_("Thank you for telling us."))
    return Worded(_("Your contribution stays as it is"), tuple(words), row.path, _("See your contribution"))


def word_received(city: City, notice: Notice) -> Worded | None:
    """Another contribution was put together with one's own."""
    row = about(city, notice)
    merge = Merge.objects.of(city).select_related("contribution").filter(pk=event_key(notice), undone_at=None).first()
    if row is None or merge is None or row.visibility != Contribution.Visibility.PUBLISHED:
        return None
    titles = {"own": row.title, "other": merge.contribution.title}
    words = (
        _("Somebody else had the same thought. The team has put “%(other)s” together with your contribution “%(own)s”.") % titles,
        _("Your words stay first. Support counts for both together."),
    )
    return Worded(_("Another contribution joins yours"), words, row.path, _("See both"))


def word_undone(city: City, notice: Notice) -> Worded | None:
    """Two contributions stand on their own again."""
    row = about(city, notice)
    if row is None or row.visibility != Contribution.Visibility.PUBLISHED or row.merged_into_id:
        return None
    words = (_("“%(title)s” stands on its own again, as before.") % {"title": row.title},)
    return Worded(_("Two contributions stand on their own again"), words, row.path, _("Look at it"))


def word_split(city: City, notice: Notice) -> Worded | None:
    """One's contribution, or one that one supports, was split."""
    row = about(city, notice)
    split = Split.objects.of(city).filter(pk=event_key(notice), undone_at=None).first()
    if row is None or split is None or row.visibility != Contribution.Visibility.PUBLISHED:
        return None
    parts = Contribution.objects.of(city).filter(pk__in=split.parts.of(city).values("contribution")).order_by("newest_key")
    titles = ", ".join(f"„{title}“" for title in parts.values_list("title", flat=True))
    words = (
        _("“%(title)s” holds several thoughts. The team has made one contribution of each: %(parts)s.")
        % {"title": row.title, "parts": titles},
        _("The text itself stays, with all comments and support. Each part can be supported on its own."),
    )
    return Worded(_("“%(title)s” was split") % {"title": row.title}, words, row.path, _("See the parts"))


def word_unsplit(city: City, notice: Notice) -> Worded | None:
    """The splitting of one's contribution was undone."""
    row = about(city, notice)
    split = Split.objects.of(city).filter(pk=event_key(notice), undone_at__isnull=False).first()
    if row is None or split is None or row.visibility != Contribution.Visibility.PUBLISHED:
        return None
    words = (
        _("We have undone the splitting of your contribution “%(title)s”.") % {"title": row.title},
        _("It stands there as you wrote it. Its parts are not shown any more."),
    )
    return Worded(_("Your contribution is whole again"), words, row.path, _("See your contribution"))


KINDS = (
    NoticeKind("merging.asked", gettext_lazy("Questions about putting together"), word_asked, prepare=fetch_consents),
    NoticeKind("merging.outcome", gettext_lazy("What came of such a question"), word_outcome, prepare=fetch_consents),
    NoticeKind("merging.received", gettext_lazy("Another contribution joins yours"), word_received, prepare=fetch_about),
    NoticeKind("merging.undone", gettext_lazy("Putting together was undone"), word_undone, prepare=fetch_about),
    NoticeKind("merging.split", gettext_lazy("A contribution was split"), word_split, prepare=fetch_about),
    NoticeKind("merging.unsplit", gettext_lazy("A splitting was undone"), word_unsplit, prepare=fetch_about),
)
