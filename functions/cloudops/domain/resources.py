"""What things an alert names: hosts, pods, clusters, load balancers, queues, as "kind:name"."""

import re
from functools import lru_cache
from typing import Final

RESOURCE_KINDS: Final[dict[str, str]] = {
    key: kind
    for kind, keys in {
        "host": "host hostname instance machine server exportedinstance",
        "instance": "instanceid ec2instanceid",
        "node": "node nodename kubenode kubernetesnode kubernetesionodename kubernetesiohostname k8snodename",
        "pod": "pod podname kubepod kubernetespodname k8spodname exportedpod fullpodname",
        "namespace": "namespace kubenamespace kubernetesnamespace namespacename k8snamespacename exportednamespace",
        "deployment": "deployment kubedeployment deploymentname k8sdeploymentname",
        "statefulset": "statefulset kubestatefulset k8sstatefulsetname",
        "daemonset": "daemonset kubedaemonset k8sdaemonsetname",
        "cluster": (
            "cluster clustername clusterid kubeclustername kubernetescluster eksclustername eksclustername"
            " ecscluster ecsclustername k8sclustername kafkacluster"
        ),
        "task": "taskarn taskid ecstaskarn",
        "lb": "loadbalancer loadbalancername elbname",
        "targetgroup": "targetgroup targetgroupname",
        "asg": "autoscalinggroupname autoscalinggroup awsautoscalinggroupname asg",
        "function": "functionname function lambdafunction lambdafunctionname",
        "db": "dbinstanceidentifier dbclusteridentifier dbinstance dbname databasename database rdsinstance",
        "cache": "cacheclusterid replicationgroupid",
        "table": "tablename dynamodbtablename",
        "queue": "queuename queue sqsqueue brokerqueue",
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
        "rule": "rulename webacl",
    }.items()
    for key in keys.split()
}
"""Canonical key of a tag, dimension or label -> the kind of thing that it names."""

_PUNCTUATION: Final = re.compile(r"[^a-z0-9]+")
_PORT: Final = re.compile(r":\d{1,5}$")


@lru_cache(maxsize=4096)
def canonical_key(key: str) -> str:
    """A key less case and punctuation: app.kubernetes.io/name is appkubernetesioname."""
    return _PUNCTUATION.sub("", key[:256].lower())


def resource_of(kind: str, value: str) -> str:
    """ "kind:name" of a value as the source gives it: an ARN, app/<name>/<id>, host:port or a bare name."""
    return f"{kind}:{resource_name(kind, value)}"


@lru_cache(maxsize=8192)
def resource_name(kind: str, value: str) -> str:
    """The name inside a value, less what AWS and exporters wrap around it."""
    value = value[:512].strip()
    if value.startswith("arn:"):
        value = value.rpartition(":")[2] if kind != "targetgroup" else value.split(":", 5)[-1]
    parts = value.split("/")
    match kind:
        case "targetgroup" if len(parts) == 3 and parts[0] == "targetgroup":
            return parts[1]
        case "lb" if len(parts) >= 3 and parts[-3] in ("app", "net", "gwy"):
            return parts[-2]
        case "host":
            return _PORT.sub("", value)
        case "task" | "statemachine" | "queue" | "cluster" if len(parts) > 1:
            return parts[-1]
        case _:
            return value


@lru_cache(maxsize=8192)
def workload_of(pod: str) -> str:
    """The deployment, stateful set, daemon set or job behind a pod's name, its generated suffixes stripped.

    A generated word is 4 to 10 lower-case letters and digits that holds a digit, or five letters without
    a vowel (Kubernetes draws its suffixes from an alphabet that has none).
    """
    words = pod[:256].split("-")
    if len(words) > 1 and words[-1].isdigit() and len(words[-1]) < 4:
        return "-".join(words[:-1])
    if len(words) > 2 and _is_generated(words[-1]) and _is_generated(words[-2]):
        return "-".join(words[:-2])
    if len(words) > 1 and _is_generated(words[-1]):
        return "-".join(words[:-1])
    return pod


def _is_generated(word: str) -> bool:
    if not 4 <= len(word) <= 10 or not word.isalnum() or word != word.lower():
        return False
    return any(map(str.isdigit, word)) or (len(word) == 5 and not set(word) & set("aeiou"))
