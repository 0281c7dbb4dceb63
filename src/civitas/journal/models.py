"""Entries, the seals over them, and the aliases that stand for people."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn
from uuid import uuid4

from django.db import models
from django.db.models import Q

from civitas.cities.models import CityRow, CityRows


class AppendOnly(TypeError):
    """Something tried to change or remove what is only ever added to."""


class AppendOnlyRows(CityRows):
    """Rows that are only ever added; the database's own triggers say the same to whoever comes round here."""

    def update(self, **_fields: Any) -> NoReturn:
        """Refused."""
        raise AppendOnly("the journal is not changed")

    def bulk_update(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refused."""
        raise AppendOnly("the journal is not changed")

    def delete(self) -> NoReturn:
        """Refused."""
        raise AppendOnly("nothing leaves the journal")


class AppendOnlyRow(CityRow):
    """Base of what is only ever added."""

    objects: ClassVar[Any] = AppendOnlyRows.as_manager()

    class Meta(CityRow.Meta):
        abstract = True

    def save(self, *arguments: Any, **options: Any) -> None:
        """Insert; raises AppendOnly on a row that is there already."""
        if not self._state.adding:
            raise AppendOnly("the journal is not changed")
        super().save(*arguments, **{**options, "force_insert": True})

    def delete(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refused."""
        raise AppendOnly("nothing leaves the journal")


class Entry(AppendOnlyRow):
    """What somebody did to what. `number` is given when the entry is sealed, counted from 1 in each city."""

    number = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField()
    alias = models.UUIDField(null=True)
    verb = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)
    details = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "number"], name="one_entry_per_number")]
        indexes = [
            models.Index(fields=["city", "id"], condition=Q(number=None), name="journal_unsealed"),
            models.Index(fields=["city", "subject", "id"], name="journal_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.number or '…'} {self.verb} {self.subject}"


class Seal(AppendOnlyRow):
    """Seals the entries `first` to `last`. `root` covers them, the times, and through `previous` all that was sealed before."""

    number = models.PositiveBigIntegerField()
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "number"], name="one_seal_per_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.root[:12]}"

    @property
    def root_parts(self) -> list[str]:
        """The root in parts, between which a narrow page may break it."""
        return [self.root[start : start + 16] for start in range(0, len(self.root), 16)]


class Alias(CityRow):
    """The key from a person to the random name in the journal. Once it is erased, nobody can tell who the name was."""

    person = models.UUIDField()
    alias = models.UUIDField(default=uuid4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "person"], name="one_alias_per_person")]

    def __str__(self) -> str:
        return str(self.alias)
