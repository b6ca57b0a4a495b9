"""`python -m local.issuer`: `serve PORT`, which `make run` does, and `token NAME`, one without a browser."""

import argparse
import time

from infra.cli_errors import CommandFailure, failures_end_the_command
from local.issuer.people import PEOPLE
from local.issuer.server import serving
from local.issuer.signing import Signer
from local.state import FOLDER, State


def address(port: int) -> str:
    return f"http://localhost:{port}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.issuer", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("serve").add_argument("port", type=int)
    verbs.add_parser("token").add_argument("name", choices=PEOPLE)
    options = parser.parse_args()
    if options.verb == "serve":
        serving(options.port, Signer.kept_in(FOLDER, address(options.port))).serve_forever()
        return
    port = State.load().issuer_port
    if not port:
        raise CommandFailure("no issuer runs on this machine", "make run")
    signer = Signer.kept_in(FOLDER, address(port))
    print(signer.access_token(PEOPLE[options.name], int(time.time())))


if __name__ == "__main__":
    with failures_end_the_command():
        main()
