"""The commands of `cloudops`, a module each."""
