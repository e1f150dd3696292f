"""One safe change with asyncio, its events shown while they happen: python ring_async.py inventory.json"""

import asyncio
import sys
import netsnap

async def show(engine):
    async for event in engine.watch():
        print(f"  {event.device or 'run':10} {event.kind:20} {event.text}")

async def main(path):
    async with netsnap.open_async("./netsnap-data") as engine:
        display = asyncio.create_task(show(engine))
        devices = netsnap.load_inventory(path)
        before = await engine.capture(devices)
        texts = {s.subject: await engine.snapshot_text(s) for s in before.snapshots}
        intended = {name: text.replace("interface eth1\n", "interface eth1\n ip ospf cost 50\n") for name, text in texts.items()}
        plan = await engine.plan(intended, wave_size=2)
        assert plan.proven and not plan.empty
        deployment = await engine.deploy(plan, devices)
        assert deployment.succeeded
        rollback = await engine.rollback(deployment, devices)
        assert rollback.succeeded
    await display

asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "inventory.json"))
