"""One safe change on every device of an inventory, taken back at the end: python ring.py inventory.json"""

import sys
import netsnap

with netsnap.open("./netsnap-data") as engine:
    devices = netsnap.load_inventory(sys.argv[1] if len(sys.argv) > 1 else "inventory.json")
    run = engine.collect(devices, "show version")
    print(f"collected  {run.execution.id}: {run.execution.status}")

    intended = {}
    for snapshot in engine.capture(devices).snapshots:
        running = engine.snapshot_text(snapshot)
        intended[snapshot.subject] = running.replace("interface eth1\n", "interface eth1\n ip ospf cost 50\n")
        print(f"\n{snapshot.subject}\n{engine.diff_text(running, intended[snapshot.subject])}")

    plan = engine.plan(intended)
    assert plan.proven and not plan.empty
    deployment = engine.deploy(plan, devices)
    assert deployment.succeeded
    print(f"deployed   {deployment.execution}: {[device.outcome for device in deployment.devices]}")
    rollback = engine.rollback(deployment, devices)
    assert rollback.succeeded
    print(f"taken back {rollback.execution}: {[device.rollback for device in rollback.devices]}")
