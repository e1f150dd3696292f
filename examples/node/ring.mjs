// One safe change on every device of an inventory, taken back at the end: node ring.mjs inventory.json
import assert from 'node:assert'
import { loadInventory, open } from 'netsnap'

const engine = await open('./netsnap-data')
const devices = loadInventory(process.argv[2] ?? 'inventory.json')
const run = await engine.collect(devices, 'show version')
console.log(`collected  ${run.execution.id}: ${run.execution.status}`)

const intended = {}
for (const { id, subject } of (await engine.capture(devices)).snapshots) {
  const running = await engine.snapshotText(id)
  intended[subject] = running.replace('interface eth1\n', 'interface eth1\n ip ospf cost 50\n')
  console.log(`\n${subject}\n${await engine.diffText(running, intended[subject])}`)
}

const plan = await engine.plan(intended)
assert(plan.proven && !plan.empty)
const deployment = await engine.deploy(plan, devices)
assert(deployment.succeeded)
console.log(`deployed   ${deployment.execution}: ${deployment.devices.map((device) => device.outcome)}`)
const rollback = await engine.rollback(deployment, devices)
assert(rollback.succeeded)
console.log(`taken back ${rollback.execution}: ${rollback.devices.map((device) => device.rollback)}`)
await engine.close()
