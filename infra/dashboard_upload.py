"""Puts the built dashboard into its bucket, and has CloudFront forget what it kept of the pages.

After the deployment and not by it: CDK's own way is a function with rights on the whole bucket that runs once
a deployment, which the emulator does not have either.
"""

import mimetypes
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

FOREVER: Final = "public, max-age=31536000, immutable"
"""Of files that carry their digest in their name."""
ASK: Final = "public, no-cache"
BATCH: Final = 1_000


def upload(s3: Any, cloudfront: Any, built: Path, bucket: str, distribution: str) -> int:
    """How many files there are now. New files come first and the page that names them last, so that no
    browser gets a page whose files are missing; files of an older build go after that (clients of AWS: Any,
    because boto3 makes them at run time)."""
    files = [path for path in sorted(built.rglob("*")) if path.is_file() and ".vite" not in path.parts]
    names = {str(path.relative_to(built).as_posix()): path for path in files}
    for name in sorted(names, key=lambda one: (not one.startswith("assets/"), one == "index.html", one)):
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        s3.put_object(
            Bucket=bucket,
            Key=name,
            Body=names[name].read_bytes(),
            ContentType=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind,
            CacheControl=FOREVER if name.startswith("assets/") else ASK,
        )
    stale = [key for key in _keys(s3, bucket) if key not in names]
    _delete(s3, bucket, stale)
    cloudfront.create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={
            "Paths": {"Quantity": 1, "Items": ["/index.html"]},
            "CallerReference": str(time.time_ns()),
        },
    )
    return len(names)


def empty(s3: Any, bucket: str) -> None:
    """Nothing is left in it, so that its stack can be removed."""
    _delete(s3, bucket, list(_keys(s3, bucket)))


def _delete(s3: Any, bucket: str, keys: list[str]) -> None:
    for start in range(0, len(keys), BATCH):
        batch = [{"Key": key} for key in keys[start : start + BATCH]]
        s3.delete_objects(Bucket=bucket, Delete={"Objects": batch})


def _keys(s3: Any, bucket: str) -> Iterator[str]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for found in page.get("Contents", ()):
            yield found["Key"]
