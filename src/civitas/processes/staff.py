"""The staff desk of processes."""

from django.http import HttpRequest, HttpResponse


def staff_list(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")
