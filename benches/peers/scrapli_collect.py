"""scrapli, as its documentation shows it, with the transport that is built in."""

import common
from scrapli import AuthOptions, Cli, SessionOptions, TransportSsh2Options


class Session:
    def __init__(self, device, timeout):
        limit = common.LIMIT_S if timeout is None else None
        self.cli = Cli(
            device["host"],
            port=device["port"],
            definition_file_or_name="cisco_iosxe",
            auth_options=AuthOptions(username=device["username"], password=device["password"]),
            session_options=SessionOptions(
                operation_timeout_s=limit,
                operation_timeout_ns=None if timeout is None else int(timeout * 1e9),
            ),
            transport_options=TransportSsh2Options(known_hosts_path=device["known_hosts"]),
        )
        self.cli.open()

    def run(self, command):
        return self.cli.send_input(command).result

    def close(self):
        self.cli.close()


common.Threads(Session).main()
