// One safe change, its events shown while they happen: node ring.cjs inventory.json
const assert = require('node:assert')
const { loadInventory, open } = require('netsnap')

async function show(engine) {
  for await (const { device = 'run', kind, text } of engine.watch()) console.log(' ', device.padEnd(10), kind.padEnd(20), text)
}

open('./netsnap-data').then(async (engine) => {
  const display = show(engine)
  const devices = loadInventory(process.argv[2] ?? 'inventory.json')
  const intended = {}
  for (const snapshot of (await engine.capture(devices)).snapshots) {
    const running = await engine.snapshotText(snapshot)
    intended[snapshot.subject] = running.replace('interface eth1\n', 'interface eth1\n ip ospf cost 50\n')
  }
  const plan = await engine.plan(intended, { waveSize: 2 })
  assert(plan.proven && !plan.empty)
  const deployment = await engine.deploy(plan, devices)
  assert(deployment.succeeded)
  const rollback = await engine.rollback(deployment, devices)
  assert(rollback.succeeded)
  await engine.close()
  await display
})
