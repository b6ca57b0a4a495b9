"""Amazon EKS: opens and caches the Kubernetes API of each cluster, with tokens for the executor's IAM
role."""

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


BEARER_PREFIX: Final = "k8s-aws-v1."
CLUSTER_HEADER: Final = "x-k8s-aws-id"
"""The signed header that binds a token to one cluster."""
URL_LIFETIME_SECONDS: Final = 60
"""Seconds in the presigned URL. The authenticator of EKS accepts a token for 15 minutes from its
signature."""
TOKEN_LIFETIME_SECONDS: Final = 14 * 60
"""Seconds after which a token is renewed, a minute before it expires."""


def cluster_token(client: "STSClient", cluster: str) -> str:
    """Returns a bearer token for the client's role, valid for this cluster alone.

    The token is a presigned GetCallerIdentity URL in base64, as `aws eks get-token` makes it.
    """

    def name_cluster(request: Any, **_: object) -> None:
        request.headers[CLUSTER_HEADER] = cluster

    event = "before-sign.sts.GetCallerIdentity"
    client.meta.events.register(event, name_cluster)
    try:
        with translate_aws_errors(f"sign in to cluster {cluster}"):
            url = client.generate_presigned_url(
                "get_caller_identity", Params={}, ExpiresIn=URL_LIFETIME_SECONDS, HttpMethod="GET"
            )
    finally:
        client.meta.events.unregister(event, name_cluster)
    return BEARER_PREFIX + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")


EksClients: TypeAlias = "Callable[[Target], EKSClient]"
StsClients: TypeAlias = "Callable[[Target], STSClient]"
"""Return the client for a target's account and region."""

Apis: TypeAlias = Callable[[Target], KubernetesApi]
"""Returns the API of a target's cluster."""

DESCRIBE_CLUSTER: Final[Permissions] = {"eks:DescribeCluster": ("eks:*:{account}:cluster/*",)}


class Clusters:
    """Caches one API for each cluster, and renews its token before it expires."""

    def __init__(self, eks: EksClients, sts: StsClients, clock: Callable[[], float] = time.monotonic) -> None:
        self._eks = eks
        self._sts = sts
        self._clock = clock
        self._apis: dict[tuple[str, str, str], KubernetesApi] = {}
        self._tokens: dict[tuple[str, str, str], tuple[float, str]] = {}

    def open(self, target: Target) -> KubernetesApi:
        """Returns the API of the target's cluster.

        Raises:
            NotFound: There is no such cluster.
        """
        key = (target.account, target.region, target.cluster)
        if key not in self._apis:
            with translate_aws_errors(f"describe cluster {target.cluster}"):
                cluster = self._eks(target).describe_cluster(name=target.cluster)["cluster"]
            authority = base64.b64decode(cluster["certificateAuthority"]["data"]).decode()
            self._apis[key] = KubernetesApi(cluster["endpoint"], authority, lambda: self._token(target))
        return self._apis[key]

    def _token(self, target: Target) -> str:
        key = (target.account, target.region, target.cluster)
        until, token = self._tokens.get(key, (0.0, ""))
        if not token or self._clock() >= until:
            token = cluster_token(self._sts(target), target.cluster)
            self._tokens[key] = (self._clock() + TOKEN_LIFETIME_SECONDS, token)
        return token
