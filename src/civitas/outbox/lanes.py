"""Where rows stand in line, so that what people wait for does not stand behind thousands of others."""

from __future__ import annotations

from django.db import models


class Lane(models.IntegerChoices):
    """Where a row stands in line. Order holds within a lane alone; the worker takes from each in turn."""

    AWAITED = 1  # somebody sits and waits for it, and it is quick
    NEWS = 2  # people are told
    FILES = 3  # a stranger's file is looked into, which takes a while
    WORK = 4  # everything else, thousands at once too
