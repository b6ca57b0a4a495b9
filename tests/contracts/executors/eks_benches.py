"""A workload on its second version for each Kubernetes executor, with the API on loopback."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cloudops.adapters.executors.eks_restart import EksRestart
from cloudops.adapters.executors.eks_rollback import EksRollback
from cloudops.adapters.executors.eks_scale import EksScale
from cloudops.adapters.kubernetes.client import KubernetesApi, Patch
from cloudops.catalog.declaration import Platform, Target, Workload
from cloudops.core.taxonomy import Action
from local.emulator import Certificate, Emulator
from tests.contracts.executors.benches import Bench
from tests.e2e.certificate import self_signed
from tests.fakes.kubernetes import APPS, Cluster, serving
from tests.fakes.recorded_calls import Wire

DEPLOYMENT, STATEFUL_SET = "Deployment", "StatefulSet"


class WatchedApi(KubernetesApi):
    """Records every request on a wire, by its RBAC verb."""

    def __init__(self, endpoint: str, authority: str, wire: Wire) -> None:
        super().__init__(endpoint, authority, lambda: "token")
        self._wire = wire

    def get(self, path: str) -> Any:
        return self._record("get", path, super().get, path)

    def items(self, path: str, *selector: Any) -> list[Any]:
        objects: list[Any] = self._record("list", f"{path}/", super().items, path, *selector)
        return objects

    def patch(self, path: str, kind: Patch, body: object) -> Any:
        return self._record("patch", path, super().patch, path, kind, body)

    def _record(self, verb: str, path: str, send: Callable[..., Any], *arguments: Any) -> Any:
        _, _, group, _, _, _, kind, _, *below = path.split("/")
        self._wire.send(f"k8s:{verb}:{group}/{'/'.join((kind, *below))}")
        response = send(*arguments)
        self._wire.answered()
        return response


_DIRECTORY = TemporaryDirectory()
"""Removed when the process ends."""


@cache
def certificate() -> Certificate:
    """Returns the certificate of every cluster of this process: making one takes a quarter of a second."""
    return self_signed(Path(_DIRECTORY.name))


class Place:
    """A workload `web` in a cluster of its own, and its API."""

    def __init__(self, open_: ExitStack, kind: str) -> None:
        self.cluster, self.wire, self.kind = Cluster(), Wire(), kind
        for image in ("web:1", "web:2"):
            self.cluster.deploy(kind, "web", image)
        files = certificate()
        url = open_.enter_context(serving(self.cluster, files.certificate, files.key))
        self.api = WatchedApi(url, files.certificate.read_text(), self.wire)
        self.workload = self.cluster.objects[f"{APPS}/{kind.lower()}s/web"]
        self.writes = f"k8s:patch:apps/{kind.lower()}s"
        self.target = Target(
            platform=Platform.EKS,
            name="web",
            cluster="main",
            namespace="shop",
            workload=Workload(kind.lower()),
        )

    def image(self) -> str:
        return str(self.workload["spec"]["template"]["spec"]["containers"][0]["image"])

    def replicas(self) -> int:
        return int(self.workload["spec"]["replicas"])

    def deploy_another(self) -> None:
        self.cluster.deploy(self.kind, "web", "web:3")


def _version_bench(kind: str, executor: Any, action: Action, expected: str) -> Callable[..., Bench]:
    """Returns the maker of a bench for an executor class (Any) that restarts or rolls back."""

    def make(_: Emulator, open_: ExitStack) -> Bench:
        place = Place(open_, kind)
        return Bench(
            executor(lambda _: place.api),
            action,
            place.target,
            place.wire,
            frozenset({place.writes}),
            place.image,
            expected,
            place.deploy_another,
        )

    return make


def _scale_bench(kind: str) -> Callable[..., Bench]:
    def make(_: Emulator, open_: ExitStack) -> Bench:
        place = Place(open_, kind)
        return Bench(
            EksScale(lambda _: place.api),
            Action.SCALE_SERVICE,
            place.target,
            place.wire,
            frozenset({f"{place.writes}/scale"}),
            place.replicas,
            3,
            lambda: place.cluster.scale(kind, "web", 7),
        )

    return make


def _autoscaled(_: Emulator, open_: ExitStack) -> Bench:
    """Its autoscaler allows 1 to 10 pods; the other client sets the minimum."""
    place = Place(open_, DEPLOYMENT)
    place.cluster.scale_by_itself(DEPLOYMENT, "web", 1, 10)
    return Bench(
        EksScale(lambda _: place.api),
        Action.SCALE_SERVICE,
        place.target,
        place.wire,
        frozenset({"k8s:patch:autoscaling/horizontalpodautoscalers"}),
        lambda: place.cluster.least("web"),
        3,
        lambda: place.cluster.scale_by_itself(DEPLOYMENT, "web", 5, 10),
    )


EKS_BENCHES: dict[str, Callable[[Emulator, ExitStack], Bench]] = {
    "eks deployment scale": _scale_bench(DEPLOYMENT),
    "eks statefulset scale": _scale_bench(STATEFUL_SET),
    "eks autoscaled scale": _autoscaled,
    "eks deployment rollback": _version_bench(DEPLOYMENT, EksRollback, Action.ROLLBACK, "web:1"),
    "eks statefulset rollback": _version_bench(STATEFUL_SET, EksRollback, Action.ROLLBACK, "web:1"),
    "eks deployment restart": _version_bench(DEPLOYMENT, EksRestart, Action.RESTART_PODS, "web:2"),
    "eks statefulset restart": _version_bench(STATEFUL_SET, EksRestart, Action.RESTART_PODS, "web:2"),
}
