"""What of netsnap runs inside Ansible.

It stands beside the package ``netsnap`` and imports nothing of it: a playbook forks a worker for each task on each host, and each fork pays
for everything that the forking process has loaded. See ``netsnap.ansible`` for how to turn it on.
"""
