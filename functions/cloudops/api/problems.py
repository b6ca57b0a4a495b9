"""The shape of an error response."""

from cloudops.api.schemas import View


class ProblemDetail(View):
    code: str
    message: str
    field: str | None = None


class ProblemView(View):
    """Every error response; `field` is the path of the invalid input, where there is one."""

    error: ProblemDetail
