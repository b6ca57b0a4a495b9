"""The one DynamoDB table, its shape read from the adapter that uses it."""

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from cloudops.adapters.dynamodb import table as shape
from infra.lambda_function import AppFunction


class Database(Construct):
    """Kept when the stack is removed, and restorable to any second of the last 35 days."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_string(shape.PARTITION_KEY),
            sort_key=_string(shape.SORT_KEY),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=shape.EXPIRY,
            stream=dynamodb.StreamViewType[shape.STREAM_VIEW],
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            encryption=dynamodb.TableEncryption.DEFAULT,
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        for index in shape.INDEXES:
            self.table.add_global_secondary_index(
                index_name=index.name,
                partition_key=_string(index.partition_key),
                sort_key=_string(index.sort_key),
                projection_type=dynamodb.ProjectionType.INCLUDE,
                non_key_attributes=list(index.projected),
            )

    def grant_use(self, function: AppFunction) -> None:
        """Gives the function the table's name, and what the adapter does to the table and its indexes, but
        nothing that writes into the audit trail."""
        self._grant(function, (*_CHANGES, "dynamodb:PutItem"))

    def grant_use_with_audit(self, function: AppFunction) -> None:
        """The same for a function that writes into the audit trail: it may put entries, but neither change
        nor delete them. IAM cannot express that a put replaces nothing; the adapter's condition ensures it,
        and the chain reveals it."""
        self._grant(function, _CHANGES)

    def _grant(self, function: AppFunction, denied: Sequence[str]) -> None:
        arn = self.table.table_arn
        indexes = [f"{arn}/index/{index.name}" for index in shape.INDEXES]
        function.add_to_role_policy(
            iam.PolicyStatement(actions=list(shape.PERMISSIONS), resources=[arn, *indexes])
        )
        function.add_to_role_policy(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                actions=list(denied),
                resources=[arn],
                conditions={"ForAnyValue:StringEquals": {"dynamodb:LeadingKeys": [shape.AUDIT]}},
            )
        )
        function.add_environment("TABLE_NAME", self.table.table_name)


_CHANGES = ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem")


def _string(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
