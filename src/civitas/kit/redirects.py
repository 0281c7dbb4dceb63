"""Where a browser goes after a form was taken."""

from django.http import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """The next page is fetched with GET, and going back sends nothing twice."""

    status_code = 303
