"""A device that answers in two pieces with a pause between them, where a client may think that the answer is over.

trap_server.py INVENTORY: serves until it is ended, and writes an inventory with the one device.
"""

import asyncio
import json
import logging
import os
import sys

import asyncssh

HOST = "core"
PROMPT = f"{HOST}#"
PAUSE = 0.4

# For each command: what stands before the pause, and the prompt that comes when the answer is over.
TRAPS = {
    "show trap 1": (f"a log of what somebody typed\n{PROMPT}", PROMPT),
    "show trap 2": (f"the name of a neighbor\n{HOST}-uplink#", PROMPT),
    "show trap 3": ("a line that ends in > ", PROMPT),
    "show trap 4": ("text\n", f"{PROMPT}\n%LINK-3-UPDOWN: Interface eth1, changed state to up\n"),
    "show trap 5": ("text\n", f"\x1b[32m{PROMPT}\x1b[0m"),
    "show trap 6": ("text\n", f"{PROMPT}\x07"),
}


class Server(asyncssh.SSHServer):
    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return (username, password) == ("admin", "netsnap")


class Device:
    """The command line of one session."""

    def __init__(self, process):
        self.process = process
        self.line = ""

    def show(self, text):
        self.process.stdout.write(text.replace("\n", "\r\n"))

    async def answer(self, command):
        """Prints an answer and returns the prompt that ends it."""
        if command not in TRAPS:
            return PROMPT
        before, prompt = TRAPS[command]
        self.show(before)
        await asyncio.sleep(PAUSE)
        self.show(f"\nmore\nend of {command}\n")
        return prompt

    async def serve(self):
        """Shows each character when it reads it, like a terminal: some clients wait for that before they send the line end."""
        self.show(PROMPT)
        while typed := await self.process.stdin.read(1024):
            for character in typed.replace("\r\n", "\n"):
                if not await self.take(character):
                    return

    async def take(self, character):
        if character not in "\r\n":
            self.line += character
            self.show(character)
            return True
        command, self.line = self.line.strip(), ""
        self.show("\n")
        if command in ("exit", "quit"):
            return False
        self.show(await self.answer(command))
        return True


async def client(process):
    device = Device(process)
    try:
        if process.command is None:
            await device.serve()
        else:
            await device.answer(process.command.strip())
        process.exit(0)
    except (asyncssh.Error, BrokenPipeError):
        pass


async def main(inventory):
    key = asyncssh.generate_private_key("ssh-ed25519")
    listener = await asyncssh.create_server(
        Server,
        "127.0.0.1",
        0,
        server_host_keys=[key],
        process_factory=client,
        line_editor=False,
        kex_algs=["curve25519-sha256", "curve25519-sha256@libssh.org"],
    )
    port = listener.get_port()
    known_hosts = f"{inventory}.known_hosts"
    with open(known_hosts, "w") as file:
        file.write(f"[127.0.0.1]:{port} {key.export_public_key().decode()}")
    device = {
        "name": HOST,
        "host": "127.0.0.1",
        "port": port,
        "username": "admin",
        "password": "netsnap",
        "platform": "cisco_ios",
        "known_hosts": known_hosts,
    }
    with open(f"{inventory}.new", "w") as file:
        json.dump([device], file)
    os.rename(f"{inventory}.new", inventory)
    await listener.wait_closed()


# Clients that hang up while they are answered are what is measured here.
logging.getLogger("asyncio").setLevel(logging.CRITICAL)
asyncio.run(main(sys.argv[1]))
