"""asyncssh, a bare SSH library: a channel, and the simplest reading to a prompt that a person would write."""

import asyncio
import re
import time

import asyncssh
import common

PROMPT = re.compile(r"(?:^|\n)[\w.-]+[>#] ?\Z")


class Session:
    @classmethod
    async def open(cls, device, timeout):
        self = cls()
        limits = {} if timeout is None else {"connect_timeout": timeout, "login_timeout": timeout}
        self.connection = await asyncssh.connect(
            device["host"],
            port=device["port"],
            username=device["username"],
            password=device["password"],
            known_hosts=device["known_hosts"],
            client_keys=None,
            agent_path=None,
            config=None,
            kex_algs=["curve25519-sha256", "curve25519-sha256@libssh.org"],
            **limits,
        )
        self.process = await self.connection.create_process(term_type="vt100", term_size=(511, 24))
        await self.answer()
        await self.run("terminal length 0")
        return self

    async def answer(self):
        pieces, tail = [], ""
        while not PROMPT.search(tail):
            piece = await self.process.stdout.read(65536)
            if not piece:
                raise ConnectionError("the channel ended before a prompt")
            pieces.append(piece.replace("\r", ""))
            tail = (tail + pieces[-1])[-200:]
        return "".join(pieces)

    async def run(self, command):
        self.process.stdin.write(command + "\n")
        return await self.answer()

    async def close(self):
        self.connection.close()
        await self.connection.wait_closed()


class Tasks:
    """The cases, one task for each device in flight."""

    def __init__(self):
        self.given = common.arguments()

    async def main(self):
        common.report(await getattr(self, self.given.case)())

    async def idle(self):
        return {}

    async def each(self, work, items):
        gate = asyncio.Semaphore(self.given.in_flight)

        async def one(item):
            async with gate:
                return await work(item)

        return await asyncio.gather(*map(one, items))

    async def fleet(self):
        start = time.perf_counter()
        return common.tally(start, await self.each(self.device, self.given.devices))

    async def device(self, device):
        try:
            session = await Session.open(device, None)
            size = 0
            for command in self.given.commands:
                size += len(await session.run(command))
            await session.close()
            return size
        except Exception as error:
            return error

    async def big(self):
        session = await Session.open(self.given.devices[0], None)
        before = common.memory_mb("VmRSS:")
        start = time.perf_counter()
        output = await session.run(self.given.commands[0])
        wall = time.perf_counter() - start
        growth = common.memory_mb("VmHWM:") - before
        await session.close()
        return {"wall_s": wall, "bytes": len(output), "growth_mb": growth}

    async def login(self):
        times = []
        for _ in range(self.given.count):
            start = time.perf_counter()
            session = await Session.open(self.given.devices[0], None)
            times.append(time.perf_counter() - start)
            await session.close()
        return common.median_ms(times)

    async def repeat(self):
        session = await Session.open(self.given.devices[0], None)
        times = []
        for _ in range(self.given.count):
            start = time.perf_counter()
            await session.run(self.given.commands[0])
            times.append(time.perf_counter() - start)
        await session.close()
        return common.median_ms(times)

    async def traps(self):
        return {"whole": sum(await self.each(self.trap, self.given.commands))}

    async def trap(self, command):
        session = await Session.open(self.given.devices[0], None)
        try:
            return common.ended(command) in await asyncio.wait_for(session.run(command), common.LIMIT_S)
        except (asyncio.TimeoutError, ConnectionError):
            return False
        finally:
            await session.close()

    async def stalled(self):
        before = common.sockets()
        timeouts = sum(await self.each(self.stall, range(self.given.count)))
        await asyncio.sleep(0.5)
        return {"timeouts": timeouts, "sockets": common.sockets() - before}

    async def stall(self, _):
        try:
            await Session.open(self.given.devices[0], self.given.timeout_ms / 1000)
        except Exception:
            return True
        return False


asyncio.run(Tasks().main())
