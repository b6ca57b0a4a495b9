"""A free port stays free until who asked for it takes it."""

import socket

from local.ports import free_port, is_free


def test_a_free_port_is_taken_by_its_number_and_by_no_one_who_asks_for_any() -> None:
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
