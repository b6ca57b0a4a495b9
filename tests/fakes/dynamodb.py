"""Creates the table of adapters/dynamodb/table.py, on moto or on the emulator."""

from typing import Any

from cloudops.adapters.dynamodb import table


def create_table(client: Any, name: str) -> None:
    """`client` is a boto3 DynamoDB client; Any, so that the moto and the emulator client both fit."""
    index_keys = {key for index in table.INDEXES for key in (index.partition_key, index.sort_key)}
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": key, "AttributeType": "S"}
            for key in sorted({table.PARTITION_KEY, table.SORT_KEY} | index_keys)
        ],
        KeySchema=_keys(table.PARTITION_KEY, table.SORT_KEY),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index.name,
                "KeySchema": _keys(index.partition_key, index.sort_key),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.projected)},
            }
            for index in table.INDEXES
        ],
    )


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
