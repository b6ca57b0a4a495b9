"""Sphinx configuration of the documentation site: `make docs` (docs/decisions/0020)."""

project = "CloudOps Agent"
copyright = "the CloudOps Agent contributors"
author = "the CloudOps Agent contributors"

extensions = ["myst_parser", "tools.openapi_reference"]
root_doc = "docs/index"
source_suffix = {".md": "markdown"}
include_patterns = ["*.md", "docs/*.md", "docs/decisions/*.md"]
exclude_patterns = [".*", "build", "cdk.out", "dashboard", "functions", "node_modules", "tests"]
"""Folders without pages are not searched for any."""

nitpicky = True
suppress_warnings: list[str] = []
myst_heading_anchors = 4

html_theme = "furo"
html_title = "CloudOps Agent"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
