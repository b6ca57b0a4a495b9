"""CloudOps Agent: alerts in, incidents with suggestions out, learning from the people on call."""

__version__ = "0.1.0"
