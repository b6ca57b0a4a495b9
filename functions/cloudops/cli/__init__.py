"""What the `cloudops` command does beyond recordings, a module a command."""
