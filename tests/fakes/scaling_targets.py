"""Application Auto Scaling on loopback, for the scaling targets of ECS services."""

from tests.fakes.http_server import Answer, Asked


class ScalingTargets:
    """`bounds` are the minimum and maximum of tasks by resource, such as `service/shop/web`."""

    def __init__(self) -> None:
        self.bounds: dict[str, tuple[int, int]] = {}

    def respond(self, asked: Asked) -> Answer:
        """Registering without a bound keeps it, as in AWS; a minimum above the maximum is rejected."""
        if asked.operation == "DescribeScalableTargets":
            wanted = asked.body["ResourceIds"]
            found = [self._described(one) for one in wanted if one in self.bounds]
            return Answer({"ScalableTargets": found})
        least, most = self.bounds[asked.body["ResourceId"]]
        least, most = asked.body.get("MinCapacity", least), asked.body.get("MaxCapacity", most)
        if least > most:
            return Answer({"__type": "ValidationException", "Message": "minimum above maximum"}, status=400)
        self.bounds[asked.body["ResourceId"]] = (least, most)
        return Answer({})

    def _described(self, resource: str) -> dict[str, object]:
        least, most = self.bounds[resource]
        return {
            "ServiceNamespace": "ecs",
            "ResourceId": resource,
            "ScalableDimension": "ecs:service:DesiredCount",
            "MinCapacity": least,
            "MaxCapacity": most,
            "RoleARN": "arn:aws:iam::123456789012:role/scaling",
            "CreationTime": 1_700_000_000,
        }
