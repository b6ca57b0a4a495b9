"""Finds and keeps the API of each cluster: where it listens, whom it trusts, how our role signs in."""

import base64
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cloudops.adapters.aws.client import translate_aws_errors
from cloudops.adapters.kubernetes.client import KubernetesApi
from cloudops.catalog.declaration import Target
from cloudops.remediation.executor import Permissions

if TYPE_CHECKING:
    from mypy_boto3_eks import EKSClient
    from mypy_boto3_sts import STSClient


PREFIX: Final = "k8s-aws-v1."
CLUSTER: Final = "x-k8s-aws-id"
"""The header that binds the request to one cluster; it is signed."""
URL_LIFETIME_SECONDS: Final = 60
"""Seconds; the authenticator takes the token for fifteen minutes from its signature."""
TOKEN_LIFETIME_SECONDS: Final = 14 * 60
"""Seconds after which we make another."""


def cluster_token(client: "STSClient", cluster: str) -> str:
    """For the role of the client, and this cluster alone."""

    def name_cluster(request: Any, **_: object) -> None:
        request.headers[CLUSTER] = cluster

    event = "before-sign.sts.GetCallerIdentity"
    client.meta.events.register(event, name_cluster)
    try:
        with translate_aws_errors(f"sign in to cluster {cluster}"):
            url = client.generate_presigned_url(
                "get_caller_identity", Params={}, ExpiresIn=URL_LIFETIME_SECONDS, HttpMethod="GET"
            )
    finally:
        client.meta.events.unregister(event, name_cluster)
    return PREFIX + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


EksClients: TypeAlias = "Callable[[Target], EKSClient]"
StsClients: TypeAlias = "Callable[[Target], STSClient]"
"""The client for a target's account and region."""

Apis: TypeAlias = Callable[[Target], KubernetesApi]
"""The API of a target's cluster."""

DESCRIBE_CLUSTER: Final[Permissions] = {"eks:DescribeCluster": ("eks:*:{account}:cluster/*",)}


class Clusters:
    """One API a cluster, with a token that is made anew before it runs out."""

    def __init__(self, eks: EksClients, sts: StsClients, clock: Callable[[], float] = time.monotonic) -> None:
        self._eks = eks
        self._sts = sts
        self._clock = clock
        self._apis: dict[tuple[str, str, str], KubernetesApi] = {}
        self._tokens: dict[tuple[str, str, str], tuple[float, str]] = {}

    def open(self, target: Target) -> KubernetesApi:
        """NotFound where there is no such cluster."""
        place = (target.account, target.region, target.cluster)
        if place not in self._apis:
            with translate_aws_errors(f"describe cluster {target.cluster}"):
                cluster = self._eks(target).describe_cluster(name=target.cluster)["cluster"]
            authority = base64.b64decode(cluster["certificateAuthority"]["data"]).decode()
            self._apis[place] = KubernetesApi(cluster["endpoint"], authority, lambda: self._token(target))
        return self._apis[place]

    def _token(self, target: Target) -> str:
        place = (target.account, target.region, target.cluster)
        until, token = self._tokens.get(place, (0.0, ""))
        if not token or self._clock() >= until:
            token = cluster_token(self._sts(target), target.cluster)
            self._tokens[place] = (self._clock() + TOKEN_LIFETIME_SECONDS, token)
        return token
