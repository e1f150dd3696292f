"""A device that answers in two pieces with a pause between them, where a client may think that the answer is over.

trap_server.py INVENTORY: serves until it is ended, and writes an inventory with the one device.
"""

import asyncio
import json
import os
import sys

import asyncssh

HOST = "core"
PROMPT = f"{HOST}# "
PAUSE = 0.4

# What stands before the pause; after it come more lines, the last of which says that the answer is over.
TRAPS = {
    "show trap 1": f"log: somebody typed\n{PROMPT}",
    "show trap 2": f"description of a neighbor\n{HOST}-uplink# ",
    "show trap 3": "a line that ends in > ",
    "show trap 4": f"text\n{PROMPT}\n%LINK-3-UPDOWN: Interface eth1, changed state to up\n",
    "show trap 5": f"text\n\x1b[32m{PROMPT}\x1b[0m",
    "show trap 6": f"text\n{PROMPT}\x07",
}


class Server(asyncssh.SSHServer):
    def password_auth_supported(self):
        return True

    def validate_password(self, username, password):
        return (username, password) == ("admin", "netsnap")


async def answer(process, command):
    trap = TRAPS.get(command)
    if trap is None:
        return
    process.stdout.write(trap)
    await asyncio.sleep(PAUSE)
    process.stdout.write(f"\nmore\nend of {command}\n")


async def serve(process):
    if process.command is not None:
        await answer(process, process.command.strip())
        process.exit(0)
        return
    # A terminal shows what is typed as soon as it comes; without one the device shows it when it reads the line.
    process.stdout.write(PROMPT)
    async for line in process.stdin:
        command = line.strip()
        if command in ("exit", "quit"):
            break
        process.stdout.write(f"{command}\n")
        await answer(process, command)
        process.stdout.write(PROMPT)
    process.exit(0)


def line_ends(process):
    """As a terminal has them."""
    write = process.stdout.write
    process.stdout.write = lambda text: write(text.replace("\n", "\r\n"))


async def client(process):
    line_ends(process)
    try:
        await serve(process)
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


asyncio.run(main(sys.argv[1]))
