"""An SNS topic that CloudWatch alarms publish to."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct


class CloudWatchTopic(sns.Topic):
    """Refuses plain HTTP, and takes from CloudWatch of this account and of those named.

    The allowance is explicit, because a topic with a policy of its own loses the one that it is born with.
    Without a key of ours: CloudWatch may not use the free AWS-managed one, ours costs a dollar a month,
    and SNS keeps a message only until it is delivered.
    """

    def __init__(self, scope: Construct, construct_id: str, *, accounts: Sequence[str] = ()) -> None:
        super().__init__(scope, construct_id, enforce_ssl=True)
        self.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[self.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": [Aws.ACCOUNT_ID, *accounts]}},
            )
        )
