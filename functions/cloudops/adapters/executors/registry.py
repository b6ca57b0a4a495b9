"""Registry of executors: the one for each platform and action, with its permissions and AWS services."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from cloudops.adapters.executors.asg_restart import AsgRestart
from cloudops.adapters.executors.asg_scale import AsgScale
from cloudops.adapters.executors.ecs_restart import EcsRestart
from cloudops.adapters.executors.ecs_rollback import EcsRollback
from cloudops.adapters.executors.ecs_scale import EcsScale
from cloudops.adapters.executors.eks_restart import EksRestart
from cloudops.adapters.executors.eks_rollback import EksRollback
from cloudops.adapters.executors.eks_scale import EksScale
from cloudops.adapters.executors.lambda_rollback import LambdaRollback
from cloudops.adapters.executors.lambda_scale import LambdaScale
from cloudops.adapters.kubernetes.eks import Clusters
from cloudops.catalog.declaration import Platform
from cloudops.core.taxonomy import Action
from cloudops.remediation.executor import Executor, Permissions


class ExecutorEntry(NamedTuple):
    """How to build an executor. `build` takes one client factory for each of `services`, in their order (Any:
    each returns the client of its service)."""

    build: Callable[..., Executor]
    permissions: Permissions
    services: tuple[str, ...]


def _entry(executor: Any, *services: str) -> ExecutorEntry:
    """Registers an executor class (Any: its constructor takes one client factory for each service)."""
    return ExecutorEntry(executor, executor.permissions, services)


def _on_kubernetes(executor: Any) -> ExecutorEntry:
    """Registers an executor class (Any, as above) that calls the Kubernetes API of a cluster."""
    return ExecutorEntry(lambda eks, sts: executor(Clusters(eks, sts)), executor.permissions, ("eks", "sts"))


EXECUTORS: Final[Mapping[tuple[Platform, Action], ExecutorEntry]] = {
    (Platform.ECS, Action.RESTART_PODS): _entry(EcsRestart, "ecs"),
    (Platform.ECS, Action.ROLLBACK): _entry(EcsRollback, "ecs", "codedeploy"),
    (Platform.ECS, Action.SCALE_SERVICE): _entry(EcsScale, "ecs", "application-autoscaling"),
    (Platform.LAMBDA, Action.ROLLBACK): _entry(LambdaRollback, "lambda"),
    (Platform.LAMBDA, Action.SCALE_SERVICE): _entry(LambdaScale, "lambda"),
    (Platform.EKS, Action.RESTART_PODS): _on_kubernetes(EksRestart),
    (Platform.EKS, Action.ROLLBACK): _on_kubernetes(EksRollback),
    (Platform.EKS, Action.SCALE_SERVICE): _on_kubernetes(EksScale),
    (Platform.ASG, Action.RESTART_PODS): _entry(AsgRestart, "autoscaling"),
    (Platform.ASG, Action.SCALE_SERVICE): _entry(AsgScale, "autoscaling"),
}
