"""The table has the keys and indexes of the adapter, and outlives the stack."""

from cloudops.adapters.dynamodb import table as shape
from tests.infra.template import Resource, Template


def test_keys_indexes_expiry_and_stream_match_the_adapter(template: Template) -> None:
    (table,) = template.of_type("AWS::DynamoDB::Table").values()
    assert _keys(table) == {"HASH": shape.PARTITION_KEY, "RANGE": shape.SORT_KEY}
    assert table["TimeToLiveSpecification"] == {"AttributeName": shape.EXPIRY, "Enabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": shape.STREAM_VIEW}
    indexes = {index["IndexName"]: index for index in table["GlobalSecondaryIndexes"]}
    assert set(indexes) == {index.name for index in shape.INDEXES}
    for index in shape.INDEXES:
        made = indexes[index.name]
        assert _keys(made) == {"HASH": index.partition_key, "RANGE": index.sort_key}
        assert made["Projection"] == {
            "ProjectionType": "INCLUDE",
            "NonKeyAttributes": list(index.projected),
        }


def test_billing_is_on_demand(template: Template) -> None:
    (table,) = template.of_type("AWS::DynamoDB::Table").values()
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_data_is_protected_and_survives_the_removal_of_the_stack(template: Template) -> None:
    (body,) = [body for body in template.resources.values() if body["Type"] == "AWS::DynamoDB::Table"]
    assert body["DeletionPolicy"] == body["UpdateReplacePolicy"] == "Retain"
    assert body["Properties"]["DeletionProtectionEnabled"] is True
    recovery = body["Properties"]["PointInTimeRecoverySpecification"]
    assert recovery["PointInTimeRecoveryEnabled"] is True


def _keys(keyed: Resource) -> dict[str, str]:
    return {key["KeyType"]: key["AttributeName"] for key in keyed["KeySchema"]}
