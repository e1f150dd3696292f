"""A TCP relay that delays both directions, for kernels without netem.

relay.py LISTEN-ADDRESS TARGET-PORT MILLISECONDS: from port 22 of the address to the port on 127.0.0.1, with so much
round-trip time added. Bytes keep their order and their pace; only the moment of their arrival moves.
"""

import asyncio
import sys
import time


async def carry(reader, writer, delay):
    """Passes on what comes, each piece so much later."""
    queue = asyncio.Queue()
    task = asyncio.ensure_future(deliver(queue, writer))
    try:
        while data := await reader.read(65536):
            queue.put_nowait((time.monotonic() + delay, data))
    except OSError:
        pass
    queue.put_nowait((time.monotonic() + delay, b""))
    await task


async def deliver(queue, writer):
    """Writes each piece when it is due; an empty one is the end."""
    try:
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if not data:
                break
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    writer.close()


def relay(target, delay):
    async def client(reader, writer):
        await asyncio.sleep(delay * 2)  # the TCP handshake
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(carry(reader, up_writer, delay), carry(up_reader, writer, delay))

    return client


async def main(listen, target, milliseconds):
    server = await asyncio.start_server(relay(int(target), float(milliseconds) / 2000.0), listen, 22)
    async with server:
        await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
