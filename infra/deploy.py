"""`make synth`, `make deploy`, `make destroy`: the stack in the account of the caller's credentials."""

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra import cdk_cli, dashboard_build, dashboard_upload
from infra.bundle import ROOT, Target
from infra.cli_errors import CommandFailure, failures_end_the_command
from infra.options import DEFAULT_STACK, stack_name

BOOTSTRAP_PARAMETER: Final = "/cdk-bootstrap/hnb659fds/version"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose credentials these are, and where they would deploy to."""

    account: str
    region: str
    arn: str


def synth(arguments: list[str]) -> None:
    stack = _stack()
    _run("synth", stack, "--quiet", *arguments)
    print(f"cdk.out/{stack}.template.json is what would be deployed.")


def deploy(arguments: list[str]) -> None:
    stack = _stack()
    session = _session()
    caller = identify(session)
    print(f"Deploying {stack} to account {caller.account}, region {caller.region}, as {caller.arn}")
    if Target.lambda_arm64().compiler is None:
        print(f"There is no Python {Target.LAMBDA_PYTHON} here to compile with: each cold start takes longer")
    if not _is_bootstrapped(session):
        print("This account and region have not been used with CDK before: bootstrapping")
        _run("bootstrap", f"aws://{caller.account}/{caller.region}")
    built = dashboard_build.build()
    _run("deploy", stack, *arguments)
    outputs = _outputs(session, stack)
    if outputs:
        dashboard_upload.upload(
            session.client("s3"),
            session.client("cloudfront"),
            built,
            outputs["DashboardBucketName"],
            outputs["DashboardDistributionId"],
        )
        print(f"\nThe dashboard is at {outputs['DashboardUrl']}")
    secret = "" if stack == DEFAULT_STACK else f" --secret {stack}/api-tokens"
    print(f'\nNext: .venv/bin/cloudops token create "Your Name" --role operator{secret}')


def destroy(arguments: list[str]) -> None:
    stack = _stack()
    session = _session()
    caller = identify(session)
    print(f"Removing {stack} from account {caller.account}, region {caller.region}")
    outputs = _outputs(session, stack)
    table = outputs.get("TableName", "")
    if bucket := outputs.get("DashboardBucketName"):
        dashboard_upload.empty(session.client("s3"), bucket)
    _run("destroy", stack, *arguments, validate=False)
    if table:
        print(
            f"\nThe table and its incidents were kept. To delete them for good:\n"
            f"  aws dynamodb update-table --table-name {table} --no-deletion-protection-enabled\n"
            f"  aws dynamodb delete-table --table-name {table}"
        )


COMMANDS: Final = {"synth": synth, "deploy": deploy, "destroy": destroy}


def _session() -> boto3.Session:
    """boto3 knows AWS_DEFAULT_REGION alone, other AWS tools AWS_REGION first."""
    return boto3.Session(region_name=os.environ.get("AWS_REGION"))  # noqa: TID251 - the caller's choice


def identify(session: boto3.Session) -> Caller:
    """CommandFailure where there are no credentials, no region, or none that AWS accepts."""
    if not session.region_name:
        raise CommandFailure(
            "no AWS region is chosen", "set AWS_REGION, or AWS_PROFILE to a profile with a region"
        )
    try:
        identity = session.client("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise CommandFailure(
            f"AWS does not know who calls: {error}",
            "set AWS_PROFILE or the AWS_* variables so that `aws sts get-caller-identity` works",
        ) from error
    return Caller(identity["Account"], session.region_name, identity["Arn"])


def _is_bootstrapped(session: boto3.Session) -> bool:
    ssm = session.client("ssm")
    try:
        ssm.get_parameter(Name=BOOTSTRAP_PARAMETER)
    except ssm.exceptions.ParameterNotFound:
        return False
    return True


def _stack() -> str:
    """Returns the name of the stack, from the variable CLOUDOPS_STACK (`make deploy
    CLOUDOPS_STACK=CloudOps-staging`)."""
    try:
        return stack_name(os.environ.get("CLOUDOPS_STACK", ""))  # noqa: TID251 - the caller's choice
    except ValueError as error:
        raise CommandFailure(str(error), "set CLOUDOPS_STACK to another name") from error


def _outputs(session: boto3.Session, stack: str) -> dict[str, str]:
    """The stack's outputs, or none where the stack is not there."""
    try:
        (found,) = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError:
        return {}
    return {str(one["OutputKey"]): str(one["OutputValue"]) for one in found.get("Outputs", [])}


def _run(*arguments: str, validate: bool = True) -> None:
    """With the terminal, so that CDK can ask before it widens permissions.

    A template that is to be removed needs no validation.
    """
    command = (*cdk_cli.COMMAND, *arguments, "-c", f"stackName={_stack()}", "--app", cdk_cli.APP)
    variables = cdk_cli.environ() | ({} if validate else {"CDK_VALIDATION": "false"})
    done = subprocess.run(command, cwd=ROOT, env=variables, check=False)
    if done.returncode:
        raise CommandFailure(f"cdk {arguments[0]} ended with {done.returncode}", "see what it said above")


if __name__ == "__main__":
    with failures_end_the_command():
        cdk_cli.install()
        COMMANDS[sys.argv[1]](sys.argv[2:])
