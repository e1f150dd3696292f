"""netmiko, as its documentation shows it."""

import common
from netmiko import ConnectHandler


class Session:
    def __init__(self, device, timeout):
        limits = {} if timeout is None else {"conn_timeout": timeout, "banner_timeout": timeout, "auth_timeout": timeout}
        self.connection = ConnectHandler(
            device_type="cisco_ios",
            host=device["host"],
            port=device["port"],
            username=device["username"],
            password=device["password"],
            ssh_strict=True,
            alt_host_keys=True,
            alt_key_file=device["known_hosts"],
            **limits,
        )

    def run(self, command):
        return self.connection.send_command(command, read_timeout=common.LIMIT_S)

    def close(self):
        self.connection.disconnect()


common.Threads(Session).main()
