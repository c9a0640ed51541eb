"""A receiver of webhooks in a process of its own, so that its work is not the sender's; it counts what it was sent."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


@contextmanager
def receiver() -> Iterator[tuple[int, "Synchronized[int]"]]:
    """Its port on this machine, and how many calls have come in."""
    context = multiprocessing.get_context("spawn")
    counted, (here, there) = context.Value("q", 0), context.Pipe()
    process = context.Process(target=_serve, args=(there, counted), daemon=True)
    process.start()
    try:
        yield here.recv(), counted
    finally:
        process.terminate()
        process.join()


def _serve(told: Connection, counted: "Synchronized[int]") -> None:
    asyncio.run(_listen(told, counted))


async def _listen(told: Connection, counted: "Synchronized[int]") -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            with counted.get_lock():
                counted.value += 1
            writer.write(ANSWER)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    told.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
