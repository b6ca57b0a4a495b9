"""Resources that an alert names (hosts, pods, clusters, load balancers, queues), as "kind:name" strings."""

import re
from typing import Final

RESOURCE_KINDS: Final[dict[str, str]] = {
    key: kind
    for kind, keys in {
        "host": "host hostname instance machine server exportedinstance",
        "instance": "instanceid ec2instanceid",
        "node": "node nodename kubenode kubernetesnode kubernetesionodename kubernetesiohostname k8snode",
        "pod": "pod podname kubepod kubernetespodname k8spodname exportedpod fullpodname",
        "namespace": "namespace kubenamespace kubernetesnamespace k8snamespacename exportednamespace",
        "deployment": "deployment kubedeployment deploymentname k8sdeploymentname",
        "statefulset": "statefulset kubestatefulset k8sstatefulsetname",
        "daemonset": "daemonset kubedaemonset k8sdaemonsetname",
        "cluster": "cluster clustername clusterid kubecluster kubeclustername kubernetescluster"
        " k8sclustername eksclustername ecscluster ecsclustername kafkacluster",
        "task": "taskarn taskid ecstaskarn",
        "lb": "loadbalancer loadbalancername elbname",
        "targetgroup": "targetgroup targetgroupname",
        "asg": "autoscalinggroupname autoscalinggroup awsautoscalinggroupname asg",
        "function": "functionname function lambdafunction lambdafunctionname",
        "db": "dbinstanceidentifier dbclusteridentifier dbinstance dbname db databasename database",
        "cache": "cacheclusterid replicationgroupid",
        "table": "tablename dynamodbtablename",
        "queue": "queuename queue sqsqueue brokerqueue rabbitmqqueue",
        "topic": "topicname topic kafkatopic snstopic",
        "stream": "streamname deliverystreamname",
        "bucket": "bucketname bucket s3bucket",
        "api": "apiname apiid restapi httpapi graphqlapiid",
        "statemachine": "statemachinearn statemachinename",
        "domain": "domainname",
        "filesystem": "filesystemid",
        "volume": "volumeid persistentvolumeclaim persistentvolume pvc",
        "distribution": "distributionid",
        "natgateway": "natgatewayid",
        "vpn": "vpnid tunnelipaddress",
        "broker": "broker brokerid",
        "secret": "secretname secretid",
        "certificate": "certificatearn",
    }.items()
    for key in keys.split()
}
"""Normalized key of a tag, dimension or label -> kind of the resource that it names."""

MAX_RESOURCE_NAME: Final = 512
"""Characters of a value that are read; AWS allows 256 in a dimension."""

_WRAPPED: Final = frozenset({"targetgroup", "lb", "host", "task", "statemachine", "queue", "cluster"})
"""Kinds whose values contain a path, an address or a port around the name."""

_PORT: Final = re.compile(r":\d{1,5}$")
_REPLICA: Final = re.compile(r"(.+?)-(?=[a-f]*\d)[a-f0-9]{8,10}-[a-z0-9]{5}")
_VOWELS: Final = frozenset("aeiou")


def resource_of(kind: str, value: str) -> str:
    """Returns "kind:name" for a value as the source sends it: an ARN, app/<name>/<id>, host:port or a
    name."""
    if kind in _WRAPPED or value.startswith("arn:"):
        return f"{kind}:{resource_name(kind, value)}"
    return f"{kind}:{value}"


def resource_name(kind: str, value: str) -> str:
    """Returns the name inside a value, without what AWS and exporters add around it."""
    if kind not in _WRAPPED and not value.startswith("arn:"):
        return value[:MAX_RESOURCE_NAME]
    value = value[:MAX_RESOURCE_NAME].strip()
    if value.startswith("arn:"):
        value = value.split(":", 5)[-1]
    parts = value.split("/")
    match kind:
        case "targetgroup" if len(parts) == 3:
            return parts[1]
        case "lb" if len(parts) >= 3:
            return parts[-2]
        case "host":
            return _PORT.sub("", value)
        case "targetgroup" | "lb":
            return value
        case _:
            return parts[-1].rpartition(":")[2] or value


_SUFFIXES: Final = {
    "targetgroup": re.compile(r"[-_](?:tg|target-?group)$", re.IGNORECASE),
    "lb": re.compile(r"[-_](?:alb|nlb|elb|lb|load-?balancer)$", re.IGNORECASE),
    "asg": re.compile(r"[-_]asg$", re.IGNORECASE),
    "queue": re.compile(r"(?:[-_](?:queue|dlq|dead-?letter))+(?:\.fifo)?$", re.IGNORECASE),
    "function": re.compile(r"[-_](?:lambda|function|fn)$", re.IGNORECASE),
    "table": re.compile(r"[-_]table$", re.IGNORECASE),
    "cache": re.compile(r"(?:-\d{3,4})+$"),
}
"""Suffixes that state the kind of a resource or number it, by kind."""


def strip_kind_suffix(kind: str, name: str) -> str:
    """Removes a suffix that states the kind: the target group checkout-tg becomes checkout."""
    if kind == "pod":
        return workload_of(name)
    return _SUFFIXES[kind].sub("", name) or name if kind in _SUFFIXES else name


def workload_of(pod: str) -> str:
    """Returns the workload behind a pod name: the name without generated suffixes.

    A generated word has 4 to 10 lower-case letters and digits with at least one digit, or is five letters
    without a vowel: Kubernetes draws suffixes from an alphabet without vowels. After the hash of a
    ReplicaSet, any five letters and digits are generated.
    """
    if match := _REPLICA.fullmatch(pod[:MAX_RESOURCE_NAME]):
        return match.group(1)
    words = pod[:MAX_RESOURCE_NAME].split("-")
    last = words[-1]
    if len(words) > 1 and last.isdigit() and len(last) < 4:
        return "-".join(words[:-1])
    if len(words) > 1 and _is_generated(last):
        return "-".join(words[: -2 if len(words) > 2 and _is_generated(words[-2]) else -1])
    return pod


def _is_generated(word: str) -> bool:
    if not 4 <= len(word) <= 10 or not word.isalnum() or word != word.lower():
        return False
    return not word.isalpha() or (len(word) == 5 and _VOWELS.isdisjoint(word))
