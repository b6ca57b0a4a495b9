"""Parses and builds ARNs and console links of CloudWatch alarms."""

import re
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote

REGION_NAMES: Final[dict[str, str]] = {
    "us east n virginia": "us-east-1",
    "us east ohio": "us-east-2",
    "us west n california": "us-west-1",
    "us west oregon": "us-west-2",
    "af cape town": "af-south-1",
    "africa cape town": "af-south-1",
    "asia pacific hong kong": "ap-east-1",
    "asia pacific taipei": "ap-east-2",
    "asia pacific mumbai": "ap-south-1",
    "asia pacific hyderabad": "ap-south-2",
    "asia pacific tokyo": "ap-northeast-1",
    "asia pacific seoul": "ap-northeast-2",
    "asia pacific osaka": "ap-northeast-3",
    "asia pacific singapore": "ap-southeast-1",
    "asia pacific sydney": "ap-southeast-2",
    "asia pacific jakarta": "ap-southeast-3",
    "asia pacific melbourne": "ap-southeast-4",
    "asia pacific malaysia": "ap-southeast-5",
    "asia pacific new zealand": "ap-southeast-6",
    "asia pacific thailand": "ap-southeast-7",
    "canada central": "ca-central-1",
    "canada west calgary": "ca-west-1",
    "eu frankfurt": "eu-central-1",
    "eu zurich": "eu-central-2",
    "eu ireland": "eu-west-1",
    "eu london": "eu-west-2",
    "eu paris": "eu-west-3",
    "eu milan": "eu-south-1",
    "eu spain": "eu-south-2",
    "eu stockholm": "eu-north-1",
    "israel tel aviv": "il-central-1",
    "mexico central": "mx-central-1",
    "middle east bahrain": "me-south-1",
    "middle east uae": "me-central-1",
    "south america sao paulo": "sa-east-1",
    "aws govcloud us east": "us-gov-east-1",
    "aws govcloud us west": "us-gov-west-1",
    "china beijing": "cn-north-1",
    "china ningxia": "cn-northwest-1",
}
"""Display names as CloudWatch writes them in an SNS message, lower case and without punctuation."""


class AlarmArn(NamedTuple):
    """The parts of arn:aws:cloudwatch:<region>:<account>:alarm:<name>; each is "" for any other text."""

    arn: str
    region: str = ""
    account: str = ""
    name: str = ""


@lru_cache(maxsize=4096)
def parse_alarm_arn(text: str) -> AlarmArn:
    """Returns the parts of an alarm's ARN; each is "" for any other text."""
    parts = text[:1024].split(":", 6)
    if len(parts) == 7 and parts[0] == "arn" and parts[2] == "cloudwatch" and parts[5] == "alarm":
        return AlarmArn(text[:1024], parts[3], parts[4], parts[6])
    return AlarmArn("")


def alarm_arn(region: str, account: str, name: str) -> str:
    """Returns the ARN of an alarm."""
    partition = (
        "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
    )
    return f"arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"


_CODES: Final = frozenset(REGION_NAMES.values())
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_.~-]")


def region_code(text: str) -> str:
    """Returns the code for a code or display name of a region ("EU (Ireland)", "EU - Ireland"), or ""."""
    if text in _CODES:
        return text
    words = "".join(letter if letter.isalnum() else " " for letter in text[:64].lower()).split()
    return REGION_NAMES.get(" ".join(words).replace("europe ", "eu "), "")


def console_link(region: str, name: str) -> str:
    """Returns the address of the alarm in the CloudWatch console, or "" if region or name is unknown."""
    if not region or not name:
        return ""
    host = (
        "console.amazonaws.cn"
        if region.startswith("cn-")
        else ("console.amazonaws-us-gov.com" if region.startswith("us-gov-") else "console.aws.amazon.com")
    )
    escaped = _UNSAFE.sub(lambda match: _escape(match.group()), name)
    return f"https://{region}.{host}/cloudwatch/home?region={region}#alarmsV2:alarm/{escaped}"


@lru_cache(maxsize=512)
def _escape(character: str) -> str:
    return quote(character, safe="")
