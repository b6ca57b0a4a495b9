"""The shape of an error response."""

from cloudops.api.schemas import View


class ProblemDetail(View):
    code: str
    message: str
    field: str | None = None


class ProblemView(View):
    """What every error looks like; `field` is the path of the offending input, where there is one."""

    error: ProblemDetail
