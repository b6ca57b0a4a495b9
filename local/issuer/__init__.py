"""An OpenID Connect issuer on this machine, for the people who do not exist but in `make run`."""
