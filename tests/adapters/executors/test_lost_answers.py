"""Changes whose answer is lost: made once, by the client that executors have in a deployment."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from cloudops.adapters.executors.assumed_role import AssumedRoleClients, never_repeat_changes
from cloudops.adapters.executors.ecs_restart import EcsRestart
from cloudops.catalog.declaration import Platform, Target
from cloudops.core.errors import Unavailable
from cloudops.core.taxonomy import Action
from cloudops.core.time import SECOND
from cloudops.remediation.executor import Progress, RollbackOutcome
from cloudops.remediation.plan import Plan, TargetState
from tests.adapters.aws_wire import aws_client
from tests.fakes.ecs import EcsService
from tests.fakes.http_server import Answer, Asked, vendor
from tests.fakes.performed_action import plan_by

WEB = Target(platform=Platform.ECS, name="web", account="1" * 12, region="eu-central-1", cluster="shop")
KEY = "inc_1.x1"
ROLE = f"arn:aws:iam::{'1' * 12}:role/restart"
CREDENTIALS = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>AKIDEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
<SessionToken>session</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""


class Deployed:
    """The executor that restarts the service, with the clients of a deployment, whose calls reach a server
    on loopback."""

    def __init__(self, open_: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ecs = EcsService()
        server = open_.enter_context(vendor(self._respond))
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "example")
        roles = AssumedRoleClients(ROLE, Platform.ECS, Action.RESTART_PODS)
        self.client: Any = roles.client("ecs", WEB)
        self.executor = EcsRestart(lambda _: self.client)

    def _respond(self, asked: Asked) -> Answer:
        return Answer(CREDENTIALS) if asked.operation == "AssumeRole" else self.ecs.respond(asked)

    def plan(self) -> tuple[Plan, TargetState]:
        return plan_by(self.executor, WEB, Action.RESTART_PODS, self.ecs.now * SECOND)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    with ExitStack() as open_:
        yield Deployed(open_, monkeypatch)


SERVER_ERROR = Answer({"__type": "ServerException"}, status=500)
HALF = Answer({"service": {}}, half=True)


@pytest.mark.parametrize("answer", [SERVER_ERROR, HALF])
def test_a_restart_whose_answer_is_lost_is_sent_once_and_found_again(web: Deployed, answer: Answer) -> None:
    plan, snapshot = web.plan()
    web.ecs.lost_answers = {"UpdateService": [answer]}
    with pytest.raises(Unavailable):
        web.executor.act(plan, snapshot, KEY)
    web.executor.act(plan, snapshot, KEY)
    assert len(web.ecs.updates) == 1
    web.ecs.complete()
    status = web.executor.rollout_status(plan, snapshot, KEY, snapshot.at + 1)
    assert status.progress is Progress.SETTLED
    assert web.executor.roll_back(plan, snapshot, KEY).undoing is RollbackOutcome.IRREVERSIBLE


def test_a_change_that_aws_throttled_is_sent_again(web: Deployed) -> None:
    plan, snapshot = web.plan()
    web.ecs.throttled = 1
    web.executor.act(plan, snapshot, KEY)
    assert len(web.ecs.updates) == 1


def test_a_read_that_fails_once_is_sent_again(web: Deployed) -> None:
    web.ecs.lost_answers = {"DescribeServices": [SERVER_ERROR]}
    assert web.plan()[1].desired == 4


def test_a_read_that_breaks_off_is_never_taken_for_an_empty_answer(web: Deployed) -> None:
    web.ecs.lost_answers = {"DescribeServices": [Answer({"services": []}, half=True)]}
    with pytest.raises(Unavailable):
        web.plan()


def test_a_change_that_is_never_answered_is_sent_once() -> None:
    ecs = EcsService()
    with vendor(ecs.respond) as server:
        client = aws_client("ecs", server)
        never_repeat_changes(client)
        executor = EcsRestart(lambda _: client)
        ecs.lost_answers = {"UpdateService": [Answer(silent=True)], "DescribeServices": [Answer(silent=True)]}
        observed = executor.observe(WEB, ecs.now * SECOND)
        with pytest.raises(ReadTimeoutError):
            client.update_service(cluster="shop", service="web", forceNewDeployment=True)
    assert observed.desired == 4
    assert len(ecs.updates) == 1
