"""The Kubernetes adapter: trust, sign-in, errors, and concurrent changes of a workload."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.session import Session

from cloudops.adapters.executors.eks_restart import EksRestart
from cloudops.adapters.executors.eks_rollback import EksRollback
from cloudops.adapters.executors.eks_scale import EksScale
from cloudops.adapters.kubernetes.client import KubernetesApi
from cloudops.adapters.kubernetes.eks import BEARER_PREFIX, TOKEN_LIFETIME_SECONDS, Clusters, cluster_token
from cloudops.catalog.declaration import Limits, Platform, Target
from cloudops.core.errors import CloudOpsError, Conflict, NotFound, Refused, Unavailable, WriteConflict
from cloudops.core.ids import IncidentId, SuggestionId
from cloudops.core.taxonomy import Action
from cloudops.remediation.executor import Progress
from cloudops.remediation.plan import Plan, PlannedChange, PlanRejected, TargetState
from local.emulator import Certificate
from tests.adapters.aws_wire import aws_client
from tests.e2e.certificate import self_signed
from tests.fakes.http_server import Answer, Asked, vendor
from tests.fakes.incident_factory import NOON
from tests.fakes.kubernetes import APPS, Cluster, serving
from tests.fakes.plan_factory import NO_HISTORY

WEB = Target(platform=Platform.EKS, name="web", region="eu-central-1", cluster="main", namespace="shop")
WORKLOAD = f"{APPS}/deployments/web"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    for image in ("web:1", "web:2"):
        cluster.deploy("Deployment", "web", image)
    return cluster


@pytest.fixture
def url(cluster: Cluster, files: Certificate) -> Iterator[str]:
    with serving(cluster, files.certificate, files.key) as endpoint:
        yield endpoint


@pytest.fixture
def api(url: str, files: Certificate) -> KubernetesApi:
    return KubernetesApi(url, files.certificate.read_text(), lambda: "token")


def sts_client() -> Any:
    """Returns a client with example keys (Any: botocore makes its methods at run time)."""
    return Session().create_client(
        "sts",
        "eu-central-1",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
        aws_session_token="session",
    )


def test_a_token_is_a_presigned_request_bound_to_one_cluster() -> None:
    token = cluster_token(sts_client(), "main")
    assert token.startswith(BEARER_PREFIX)
    encoded = token.removeprefix(BEARER_PREFIX)
    assert "=" not in encoded
    url = urlsplit(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode())
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert url.netloc == "sts.eu-central-1.amazonaws.com"
    assert query["Action"] == "GetCallerIdentity"
    assert query["X-Amz-Expires"] == "60"
    assert query["X-Amz-SignedHeaders"] == "host;x-k8s-aws-id"
    assert query["X-Amz-Security-Token"] == "session"
    assert len(query["X-Amz-Signature"]) == 64


def test_the_signature_covers_the_cluster() -> None:
    client = sts_client()
    tokens = {cluster_token(client, name) for name in ("main", "other")}
    assert len(tokens) == 2


def test_a_cluster_is_described_once_and_its_token_is_renewed_in_time(
    url: str, cluster: Cluster, files: Certificate
) -> None:
    def describe(_: Asked) -> Answer:
        data = base64.b64encode(files.certificate.read_bytes()).decode()
        return Answer({"cluster": {"name": "main", "endpoint": url, "certificateAuthority": {"data": data}}})

    now = [0.0]
    with vendor(describe) as server:
        eks = aws_client("eks", server)
        signers = iter([sts_client(), sts_client()])
        clusters = Clusters(lambda _: eks, lambda _: next(signers), lambda: now[0])
        for _ in range(3):
            clusters.open(WEB).get(WORKLOAD)
        now[0] = TOKEN_LIFETIME_SECONDS + 1.0
        clusters.open(WEB).get(WORKLOAD)
        assert len(server.asked) == 1
    assert next(signers, None) is None
    assert all(one.startswith(BEARER_PREFIX) for one in cluster.tokens)


def test_a_server_with_another_certificate_authority_is_refused(url: str, tmp_path: Path) -> None:
    other = self_signed(tmp_path)
    api = KubernetesApi(url, other.certificate.read_text(), lambda: "token")
    with pytest.raises(Unavailable, match=r"SSLError|MaxRetryError"):
        api.get(WORKLOAD)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Refused),
        (403, Refused),
        (404, NotFound),
        (409, WriteConflict),
        (422, Refused),
        (429, Unavailable),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_an_error_contains_the_message_of_the_cluster(
    api: KubernetesApi, cluster: Cluster, status: int, error: type[CloudOpsError]
) -> None:
    cluster.refusal = (status, "deployments.apps is forbidden: cannot patch")
    with pytest.raises(error) as raised:
        api.get(WORKLOAD)
    assert type(raised.value) is error
    assert WORKLOAD in raised.value.message
    if status < 429:
        assert "cannot patch" in raised.value.message


def plan_of(executor: EksRestart | EksRollback | EksScale, action: Action) -> tuple[Plan, TargetState]:
    observed = executor.observe(WEB, NOON)
    draft = executor.plan(WEB, observed, Limits(), NO_HISTORY)
    assert isinstance(draft, PlannedChange), draft
    plan = Plan(
        suggestion_id=SuggestionId("inc_1.x"),
        incident_id=IncidentId("inc_1"),
        action=action,
        service="web",
        target=WEB,
        draft=draft,
        observed_mark=observed.mark,
    )
    return plan, observed


def test_a_concurrent_write_of_a_controller_is_retried(api: KubernetesApi, cluster: Cluster) -> None:
    restart = EksRestart(lambda _: api)
    plan, observed = plan_of(restart, Action.RESTART_PODS)
    cluster.between = lambda: cluster.scale("Deployment", "web", 4)
    restart.act(plan, observed, "inc_1.x1")
    assert cluster.requests.count(f"PATCH {WORKLOAD}") == 2
    template = cluster.objects[WORKLOAD]["spec"]["template"]
    assert template["metadata"]["annotations"]["cloudops/execution"] == "inc_1.x1"
    assert cluster.objects[WORKLOAD]["spec"]["replicas"] == 4


def test_a_concurrent_deployment_is_not_overwritten(api: KubernetesApi, cluster: Cluster) -> None:
    rollback = EksRollback(lambda _: api)
    plan, observed = plan_of(rollback, Action.ROLLBACK)
    cluster.between = lambda: cluster.deploy("Deployment", "web", "web:3")
    with pytest.raises(Conflict):
        rollback.act(plan, observed, "inc_1.x1")
    template = cluster.objects[WORKLOAD]["spec"]["template"]
    assert template["spec"]["containers"][0]["image"] == "web:3"


def test_a_rollback_skips_equal_templates_and_names_the_images(api: KubernetesApi) -> None:
    plan, _ = plan_of(EksRollback(lambda _: api), Action.ROLLBACK)
    assert (plan.draft.before["images"], plan.draft.after["images"]) == ("web:2", "web:1")


def test_a_paused_workload_is_not_changed(api: KubernetesApi, cluster: Cluster) -> None:
    cluster.objects[WORKLOAD]["spec"]["paused"] = True
    for executor in (EksRestart(lambda _: api), EksRollback(lambda _: api)):
        rejected = executor.plan(WEB, executor.observe(WEB, NOON), Limits(), NO_HISTORY)
        assert rejected == PlanRejected(reason="its rollout is paused")


def test_a_first_version_has_no_rollback(api: KubernetesApi, cluster: Cluster) -> None:
    cluster.objects.clear()
    cluster.deploy("Deployment", "web", "web:1")
    rollback = EksRollback(lambda _: api)
    rejected = rollback.plan(WEB, rollback.observe(WEB, NOON), Limits(), NO_HISTORY)
    assert rejected == PlanRejected(reason="the platform stores no version before web-1")


def test_scaling_stops_at_the_maximum_of_the_autoscaler(api: KubernetesApi, cluster: Cluster) -> None:
    cluster.scale_by_itself("Deployment", "web", 1, 2)
    scale = EksScale(lambda _: api)
    rejected = scale.plan(WEB, scale.observe(WEB, NOON), Limits(), NO_HISTORY)
    assert rejected == PlanRejected(reason="2 is the maximum of its autoscaler")


def test_a_rollout_is_followed_to_its_end(api: KubernetesApi, cluster: Cluster) -> None:
    restart = EksRestart(lambda _: api)
    plan, observed = plan_of(restart, Action.RESTART_PODS)
    cluster.settles = False
    restart.act(plan, observed, "inc_1.x1")

    def progress() -> tuple[Progress, str]:
        rollout = restart.rollout_status(plan, observed, "inc_1.x1", NOON)
        return rollout.progress, rollout.reason

    assert progress() == (Progress.MOVING, "the controller has not observed the change yet")
    workload = cluster.objects[WORKLOAD]
    status = {"observedGeneration": 3, "replicas": 3, "updatedReplicas": 1, "readyReplicas": 2}
    workload["status"] = dict(status)
    assert progress() == (Progress.MOVING, "2 of 2 pods are ready, 1 of the latest version")
    late = {"type": "Progressing", "reason": "ProgressDeadlineExceeded", "message": "it took too long"}
    workload["status"] = {**status, "conditions": [late]}
    assert progress() == (Progress.FAILED, "the rollout failed: it took too long")
    workload["status"] = {**status, "replicas": 2, "updatedReplicas": 2}
    assert progress() == (Progress.SETTLED, "2 of 2 pods are ready")


def test_a_name_cannot_escape_its_namespace(api: KubernetesApi, cluster: Cluster) -> None:
    escaping = Target(platform=Platform.EKS, name="web/../../../secrets", cluster="main", namespace="shop")
    with pytest.raises(NotFound):
        EksRestart(lambda _: api).observe(escaping, NOON)
    assert cluster.requests == [f"GET {APPS}/deployments/web%2F..%2F..%2F..%2Fsecrets"]
