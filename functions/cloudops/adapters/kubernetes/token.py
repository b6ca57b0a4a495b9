"""Makes the token by which an IAM role signs in to an EKS cluster.

It is a request to STS for the caller's identity, signed and not sent: the cluster's authenticator sends it
(https://github.com/kubernetes-sigs/aws-iam-authenticator, "API Authorization from Outside a Cluster").
"""

import base64
from typing import TYPE_CHECKING, Any, Final

from cloudops.adapters.aws import aws_errors

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient

PREFIX: Final = "k8s-aws-v1."
CLUSTER: Final = "x-k8s-aws-id"
"""The header that binds the request to one cluster; it is signed."""
URL_LASTS: Final = 60
"""Seconds; the authenticator takes the token for fifteen minutes from its signature."""
TOKEN_LASTS: Final = 14 * 60
"""Seconds after which we make another."""


def cluster_token(client: "STSClient", cluster: str) -> str:
    """For the role of the client, and this cluster alone."""

    def name_cluster(request: Any, **_: object) -> None:
        request.headers[CLUSTER] = cluster

    event = "before-sign.sts.GetCallerIdentity"
    client.meta.events.register(event, name_cluster)
    try:
        with aws_errors(f"sign in to cluster {cluster}"):
            url = client.generate_presigned_url(
                "get_caller_identity", Params={}, ExpiresIn=URL_LASTS, HttpMethod="GET"
            )
    finally:
        client.meta.events.unregister(event, name_cluster)
    return PREFIX + base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
