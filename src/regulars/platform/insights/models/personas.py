"""Personas: groups of customers that keep their number and their name while they are found again and again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Persona(models.Model):
    """One persona. Its number is what the files of runs go by; rules know it by its name.

    `parts`: what the name was made of when the persona was first seen, such as `[["orders.high", null]]`, so that it can be
    said in every language as long as nobody has given it another (`given`).
    """

    name = models.CharField(max_length=120, unique=True)
    given = models.BooleanField(default=False)
    parts = models.JSONField(default=list)
    place = models.PositiveSmallIntegerField(
        default=0
    )  # tells personas with the same parts apart; 0: none has
    note = models.TextField(blank=True, default="")  # what people know of them: needs, wishes
    first_day = models.DateField()
    last_day = models.DateField()  # of the last run that found it
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name=""), name="persona_has_a_name"),
        ]


class FormerName(models.Model):
    """A name that a persona had: rules that were written with it go on to mean the same people."""

    persona = models.ForeignKey(Persona, on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField(max_length=120, unique=True)
