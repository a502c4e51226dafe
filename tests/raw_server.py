"""A server on this machine that keeps what was sent byte for byte, and answers with whatever bytes it is told."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass(frozen=True)
class Head:
    """The head of a request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class RawServer:
    """What came in, and where it listens."""

    port: int
    heads: list[Head] = field(default_factory=list)
    connections: int = 0


def read_head(connection: socket.socket) -> Head | None:
    """The next request's head, its body read and dropped; None when the other side is gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    left = int(headers.get("content-length", "0")) - len(body)
    while left > 0:
        left -= len(connection.recv(left))
    return Head(method, target, headers)


@contextmanager
def raw_server(
    answer: Callable[[socket.socket, Head], None] | bytes = OK, *, tls: ssl.SSLContext | None = None
) -> Iterator[RawServer]:
    """A server that answers each request in turn; it is gone with the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = RawServer(listener.getsockname()[1])
        open_connections: list[socket.socket] = []
        threads: list[threading.Thread] = []

        def converse(connection: socket.socket) -> None:
            with suppress(OSError):
                spoken = tls.wrap_socket(connection, server_side=True) if tls else connection
                open_connections.append(spoken)
                with spoken:
                    while (head := read_head(spoken)) is not None:
                        server.heads.append(head)
                        if callable(answer):
                            answer(spoken, head)
                        else:
                            spoken.sendall(answer)
            connection.close()

        def listen() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    server.connections += 1
                    open_connections.append(connection)
                    thread = threading.Thread(target=converse, args=(connection,))
                    threads.append(thread)
                    thread.start()

        listening = threading.Thread(target=listen)
        listening.start()
        try:
            yield server
        finally:
            for place in (listener, *open_connections):
                with suppress(OSError):
                    place.shutdown(socket.SHUT_RDWR)
            listening.join(timeout=30)
            for connection in open_connections:
                connection.close()
            for thread in threads:
                thread.join(timeout=30)
