"""Removes from a resource's name what a platform or a convention adds to the name of the service."""

import re
from collections.abc import Callable
from typing import Final

from cloudops.alerts.alarm_names import MEASURE_WORDS
from cloudops.alerts.resources import workload_of

_RUN_NUMBER: Final = re.compile(r"-\d{4,10}$")
"""A CronJob appends the minutes since 1970, eight digits; before Kubernetes 1.21 the seconds, ten digits."""
_REPLICA_SET: Final = re.compile(r"-[a-z0-9]{8,10}$")
"""A Deployment appends the hash of its pod template."""
_PORT_AND_PROVIDER: Final = re.compile(r"(?:-\d{2,5})?@[\w-]+$")
"""Traefik writes shop-checkout-80@kubernetes."""
_K8S_TARGET_GROUP: Final = re.compile(r"k8s-[a-z0-9]{1,8}-([a-z0-9]{1,8})-[0-9a-f]{10}")
"""The AWS Load Balancer Controller writes k8s-<namespace>-<service>-<hash>, names cut to eight characters."""
_STACK_SUFFIX: Final = re.compile(
    r"[0-9a-f]{8}-[a-z0-9]{11,13}$|-(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{12,13}$"
    r"|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8}$",
    re.IGNORECASE,
)
"""CDK appends eight hexadecimal digits to a logical id, CloudFormation 12 or 13 characters to a name. Each
counts alone only if it has letters and digits."""
_CANARY: Final = re.compile(r"[-_](?:canary|synthetics?|heartbeat)(?:[-_]\d+)?$")
_ORDINAL: Final = re.compile(r"-\d{1,4}$")
_MEASURES: Final = frozenset(MEASURE_WORDS.split()) | {"slo", "sli", "objective"}
_VOLUME_WORDS: Final = frozenset(
    ["data", "db", "storage", "volume", "vol", "pv", "pvc", "logs", "log", "wal", "disk"]
)
_MAX_VOLUME_WORDS: Final = 3
"""Words of a claim beyond which the name of the template is not known from that of the StatefulSet."""


def run_of_job(name: str) -> str:
    """Returns the CronJob behind the name of one of its runs: nightly-report-28391040 is nightly-report."""
    return _RUN_NUMBER.sub("", name)


def deployment_of_replica_set(name: str) -> str:
    """Returns the Deployment behind a ReplicaSet: cart-6c9f7b5d4 is cart."""
    last = name.rpartition("-")[2]
    return _REPLICA_SET.sub("", name) if any(letter.isdigit() for letter in last) else workload_of(name)


def kubernetes_service(name: str) -> str:
    """Returns the name of a Kubernetes service without its address, port or provider.

    Example:
        >>> kubernetes_service("outbound|80||cart.shop.svc.cluster.local")
        'cart'
    """
    name = _PORT_AND_PROVIDER.sub("", name.rpartition("|")[2])
    if ".svc" in name:
        name = name.partition(".")[0]
    return name.removesuffix("-svc")


def canary_of(name: str) -> str:
    """Returns the service that a synthetic canary visits: cart-canary is cart."""
    return _CANARY.sub("", name)


def objective_of(name: str) -> str:
    """Returns the service of a service level objective: cart-latency-p99 is cart."""
    words = name.split("-")
    while len(words) > 1 and words[-1] in _MEASURES:
        words.pop()
    return "-".join(words)


def claimant_of(claim: str) -> str:
    """Returns the StatefulSet that a volume claim names, or "": data-postgres-0 is postgres."""
    words = _ORDINAL.sub("", claim).split("-")
    rest = [word for word in words if word not in _VOLUME_WORDS]
    named = len(rest) < len(words) and 0 < len(rest) <= _MAX_VOLUME_WORDS
    return "-".join(rest) if named and _ORDINAL.search(claim) else ""


def target_group_of(name: str) -> str:
    """Returns the Kubernetes service of a target group that the AWS Load Balancer Controller made."""
    match = _K8S_TARGET_GROUP.fullmatch(name)
    return match.group(1) if match else name


def without_stack_suffix(name: str) -> str:
    """Removes the random suffix that CDK and CloudFormation append to the name of a resource."""
    return _STACK_SUFFIX.sub("", name) or name


NAME_CLEANERS: Final[dict[str, Callable[[str], str]]] = {
    **dict.fromkeys(("jobname", "kubejob"), run_of_job),
    **dict.fromkeys(("replicaset", "kubereplicaset"), deployment_of_replica_set),
    **dict.fromkeys(
        ("destinationservice", "destinationservicename", "dstservice", "envoyclustername"), kubernetes_service
    ),
    "canaryname": canary_of,
    "sloname": objective_of,
    "persistentvolumeclaim": claimant_of,
}
"""Normalized key of a tag, dimension or label -> what its value says of the service."""

GENERATED_KINDS: Final = frozenset(
    {"function", "table", "queue", "topic", "stream", "statemachine", "asg", "db", "lb", "bucket"}
)
"""Kinds of resources that CloudFormation names."""
