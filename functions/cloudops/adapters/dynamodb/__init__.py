"""DynamoDB: incidents, scopes, votes and the quarantine in one table."""
