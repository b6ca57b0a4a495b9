"""From a CDK app with a context to a checked template: what `app.py` does, and the tests too."""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import App, AssetHashType, Validations
from aws_cdk import aws_lambda as lambda_
from aws_cdk.cx_api import CloudAssembly
from cdk_nag import AwsSolutionsChecks

from infra.bundle import Recipe, Target, build
from infra.options import Options, stack_name
from infra.stack import CloudOpsStack


def synthesize(
    context: Mapping[str, object] | None = None, folder: Path | None = None, *, validate: bool = True
) -> CloudAssembly:
    """Raises if cdk-nag finds something that is not acknowledged with a reason.

    `context` and `folder` are for tests; the CDK command line passes its own by the environment. CDK's own
    check against the schemas of CloudFormation takes 9 s of CPU time; `validate` or CDK_VALIDATION
    can be false to skip it.
    """
    app = App(
        context=context,
        outdir=str(folder) if folder else None,
        builtin_cloud_formation_validation=None if validate else False,
    )
    options = Options.from_context(app.node)
    name = stack_name(str(app.node.try_get_context("stackName") or ""))
    CloudOpsStack(app, name, code=_code(options), options=options)
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    return app.synth()


def _code(options: Options) -> lambda_.Code:
    """The digest stands for the asset: without the lock in it a new dependency might not be deployed."""
    target = Target.this_machine() if options.local else Target.lambda_arm64()
    bundle = build(Recipe(target, options.catalog, options.slack_routing))
    return lambda_.Code.from_asset(
        str(bundle.archive), asset_hash=bundle.digest, asset_hash_type=AssetHashType.CUSTOM
    )
