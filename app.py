"""The CDK app; `cdk.json` runs it."""

from infra.synthesis import synthesize

synthesize()
