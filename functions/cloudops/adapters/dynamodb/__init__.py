"""Adapters of the stores to DynamoDB: all records of the product are items of one table."""
