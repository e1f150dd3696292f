"""Records each playbook and each ad-hoc command of Ansible as a run, while it goes on.

Two settings turn it on, the folder of the plugin and its name; the third says where the runs are kept::

    export ANSIBLE_CALLBACK_PLUGINS=$(python -m netsnap.ansible)
    export ANSIBLE_CALLBACKS_ENABLED=netsnap
    export NETSNAP_STORE=sqlite:runs.db

or in ``ansible.cfg``, with the folder that ``python -m netsnap.ansible`` prints::

    [defaults]
    callback_plugins = /usr/lib/python3/site-packages/netsnap_ansible/callback
    callbacks_enabled = netsnap

    [callback_netsnap]
    store = sqlite:runs.db
    labels = site=zurich, team=core

Ansible asks for one more setting before it tells a plugin about ad-hoc commands: ``bin_ansible_callbacks = True``, or
``ANSIBLE_LOAD_CALLBACK_PLUGINS=1``. ``ansible-doc -t callback netsnap`` lists every option.

netsnap must be installed beside ansible-core, 2.15 or newer. The playbook never waits for the store and never fails because of
it: what cannot be recorded is counted, and the run says that it is incomplete.
"""

from __future__ import annotations

import pathlib


def callback_folder() -> str:
    """Returns the folder to name in ``callback_plugins``."""
    return str(pathlib.Path(__file__).resolve().parents[2] / "netsnap_ansible" / "callback")
