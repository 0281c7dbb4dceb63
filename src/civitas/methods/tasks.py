"""The worker knows the tasks of every building block: a method that has some imports them with its manifest."""

from civitas.processes.registry import methods

methods()
