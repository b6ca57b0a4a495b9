"""Says why a finding of cdk-nag does not apply, beside the construct that it is about."""

from aws_cdk import Acknowledgment, Validations
from constructs import Construct


def acknowledge(construct: Construct, rule: str, reason: str) -> None:
    """`rule` as cdk-nag prints it, such as "AwsSolutions-SMG4", on the construct or below."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions::{rule}", reason=reason))
