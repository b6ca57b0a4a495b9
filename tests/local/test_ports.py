"""A reserved port stays free until its owner binds it."""

import socket

from local.ports import free_port, is_free


def test_a_reserved_port_can_be_bound_only_by_its_number() -> None:
    reserved = {free_port() for _ in range(200)}
    assert len(reserved) == 200
    given = set()
    for _ in range(2_000):
        with socket.create_server(("127.0.0.1", 0)) as other:
            given.add(other.getsockname()[1])
    assert not given & reserved
    for port in reserved:
        assert is_free(port)
        socket.create_server(("127.0.0.1", port)).close()
