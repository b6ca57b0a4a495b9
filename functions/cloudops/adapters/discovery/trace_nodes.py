"""Names the service of a node in a trace graph, as the attribution of its alerts does."""

from typing import Final

from cloudops.alerts.attribution import attribute

DIMENSIONS: Final = {
    "AWS::Lambda": "FunctionName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::ECS::Service": "ServiceName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::Kinesis::Stream": "StreamName",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::S3::Bucket": "BucketName",
    "AWS::StepFunctions::StateMachine": "StateMachineArn",
}
"""Kind of node -> the CloudWatch dimension that holds the node's name."""

EXTERNAL_KINDS: Final = frozenset({"client", "remote", "RemoteService", "AWS::Service"})
"""Kinds that are not a service of the catalog: clients, hosts without traces, AWS services."""

DATABASE: Final = "Database::SQL"


def node_name(kind: str, name: str) -> str:
    """Returns the service of a node, or "" if the node is external."""
    if kind in EXTERNAL_KINDS or not name:
        return ""
    if kind == DATABASE:
        host = name.rpartition("@")[2].partition(".")[0]
        return attribute((("node", {"DBInstanceIdentifier": host}),)).service
    if kind == "AWS::SQS::Queue" or name.startswith("arn:"):
        name = name.rpartition("/")[2].rpartition(":")[2]
    return attribute((("node", {DIMENSIONS.get(kind, "service"): name[:255]}),)).service
