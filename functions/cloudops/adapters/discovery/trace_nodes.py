"""What a node of a trace graph is called, in the words in which alerts about it name their service."""

from typing import Final

from cloudops.alerts.attribution import attribute

KEYS: Final = {
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
"""Kind of node -> the CloudWatch dimension whose value it is."""

OUTSIDE: Final = frozenset({"client", "remote", "RemoteService", "AWS::Service"})
"""Kinds that are no service of ours: whoever calls first, hosts that are not traced, AWS itself."""

DATABASE: Final = "Database::SQL"


def node_name(kind: str, name: str) -> str:
    """The service behind a node, or "" where it is none of ours."""
    if kind in OUTSIDE or not name:
        return ""
    if kind == DATABASE:
        host = name.rpartition("@")[2].partition(".")[0]
        return attribute((("node", {"DBInstanceIdentifier": host}),)).service
    if kind == "AWS::SQS::Queue" or name.startswith("arn:"):
        name = name.rpartition("/")[2].rpartition(":")[2]
    return attribute((("node", {KEYS.get(kind, "service"): name[:255]}),)).service
