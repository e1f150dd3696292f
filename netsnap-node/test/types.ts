// A program that the compiler accepts as far as it is right. Nobody runs it.

import { loadInventory, open } from 'netsnap'
import type { ConfigDiff, FleetFormat, Plan, Snapshot, TopologyDiff, UnreadLine } from 'netsnap'

export async function program(): Promise<string[]> {
  const engine = await open('memory:')
  const diff: ConfigDiff = await engine.diffConfig('frr', 'hostname a\n', 'hostname b\n', { limit: 5 })
  const unread: UnreadLine[] = diff.unread.after.lines
  const format: FleetFormat = 'html_inline'
  const page: string = await engine.showFleetDiff([{ device: 'r1', platform: 'frr', intended: 'hostname b\n' }], { format })
  const { devices } = await engine.diffFleet([{ device: 'r1', platform: 'frr', running: 'hostname b\n' }])
  const verdicts: string[] = devices.flatMap((device) => (device.proof ? [device.proof.verdict] : []))
  const lines: string[] = devices.flatMap((device) => device.commands.map((step) => step.line))
  const kept: Snapshot = await engine.keepConfiguration('r1', 'juniper_junos', 'system;\n', { takenAt: new Date() })
  verdicts.push(kept.proof)
  const plan: Plan = await engine.plan({ r1: 'hostname b\n' }, { expiresIn: 3600 })
  const drift: TopologyDiff = await engine.diffTopology('before', 'after')
  const run = await engine.begin('nightly')
  await run.addDevices([{ id: 'r1', name: 'r1', ip: '192.0.2.1', platform: 'frr' }])
  for await (const event of engine.follow(run.id)) verdicts.push(event.kind)
  const inventory = loadInventory('inventory.json')
  await engine.collect(inventory, ['show version'])
  const past = await engine.replaying(run.id)
  const asked = await past.begin('automation')
  verdicts.push((await asked.ask(inventory.select('r1'), 'show version', { limits: { idle: 5 } })).text)

  // @ts-expect-error: no such form
  await engine.showFleetDiff([], { format: 'hologram' })
  // @ts-expect-error: no such option
  await engine.diffConfig('frr', '', '', { most: 5 })
  // @ts-expect-error: a time is no text
  const created: string = plan.createdAt
  // @ts-expect-error: no such verb
  await engine.diffConfiguration('frr', '', '')

  return [page, created, ...verdicts, ...lines, ...unread.map((line) => line.why), ...drift.nodesAdded.map((node) => node.id)]
}
