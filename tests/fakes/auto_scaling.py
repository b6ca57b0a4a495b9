"""An EC2 Auto Scaling group behind the methods of its client: capacity, instance refreshes, lagging lists."""

from typing import Any


class AutoScalingGroup:
    """The group `web`. `refreshes` are newest first, as AWS lists them; while `lags` is set, a refresh that
    was started is not listed."""

    def __init__(self, desired: int = 4) -> None:
        self.desired = desired
        self.in_service = desired
        self.template = "1"
        self.refreshes: list[dict[str, Any]] = []
        self.settings: dict[str, Any] = {"HealthCheckGracePeriod": 300}
        self.lags = False

    def start(self, status: str = "InProgress", percent: int = 0) -> dict[str, Any]:
        """A person or the executor starts a refresh."""
        refresh = {
            "InstanceRefreshId": f"r-{len(self.refreshes) + 1}",
            "Status": status,
            "PercentageComplete": percent,
        }
        self.refreshes.insert(0, refresh)
        return refresh

    def describe_auto_scaling_groups(self, **_: Any) -> dict[str, Any]:
        instance = {"LifecycleState": "InService", "HealthStatus": "Healthy"}
        group = {
            "AutoScalingGroupName": "web",
            "DesiredCapacity": self.desired,
            "MaxSize": 100,
            "LaunchTemplate": {"LaunchTemplateName": "web", "Version": self.template},
            "Instances": [instance] * self.in_service,
            **self.settings,
        }
        return {"AutoScalingGroups": [group]}

    def describe_instance_refreshes(self, **request: Any) -> dict[str, Any]:
        listed = self.refreshes[1:] if self.lags else self.refreshes
        return {"InstanceRefreshes": listed[: request["MaxRecords"]]}

    def start_instance_refresh(self, **_: Any) -> dict[str, Any]:
        return {"InstanceRefreshId": self.start()["InstanceRefreshId"]}

    def set_desired_capacity(self, **request: Any) -> None:
        self.desired = request["DesiredCapacity"]
