// An inventory: devices go in with their secrets and come out without.

import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'

import { Inventory, loadInventory } from '../index.mjs'

const DEVICES = [
  { name: 'r1', host: '192.0.2.1', username: 'admin', password: 'hunter2', platform: 'frr' },
  {
    name: 'r2',
    host: '192.0.2.2',
    port: 2222,
    username: 'admin',
    key: '/keys/id_ed25519',
    keyPassphrase: { env: 'PASSPHRASE' },
    platform: 'cisco_ios',
    labels: { some_site: 'Bern' },
  },
]

test('devices come from objects and from a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'netsnap-'))
  const file = join(folder, 'inventory.json')
  const [first, { keyPassphrase, ...second }] = DEVICES
  await writeFile(file, JSON.stringify([first, { ...second, key_passphrase: keyPassphrase }]))
  for (const inventory of [new Inventory(DEVICES), loadInventory(file), loadInventory(pathToFileURL(file))]) {
    assert.deepEqual(inventory.names, ['r1', 'r2'])
    assert.equal(inventory.length, 2)
    const [, found] = inventory
    assert.deepEqual([found.port, found.labels, found.keyPassphrase], [2222, { some_site: 'Bern' }, { env: 'PASSPHRASE' }])
  }
  await rm(folder, { recursive: true })
})

test('secrets never come out', () => {
  const inventory = new Inventory(DEVICES)
  assert.ok(!`${inspect(inventory)} ${JSON.stringify(inventory)} ${inspect([...inventory])}`.includes('hunter2'))
})

test('devices are chosen by name', () => {
  assert.deepEqual(new Inventory(DEVICES).select('r2', 'r1').names, ['r2', 'r1'])
  assert.throws(() => new Inventory(DEVICES).select('r3'), { code: 'not_found' })
})

test('what cannot be used is refused', () => {
  const refused = [[{ name: 'r1' }], [DEVICES[0], DEVICES[0]], [{ ...DEVICES[0], pasword: 'x' }], [{ ...DEVICES[0], port: 0 }]]
  for (const devices of refused) assert.throws(() => new Inventory(devices), { code: 'invalid_input' })
  assert.throws(() => loadInventory('/nowhere/at/all.json'), (error) => error.context.path === '/nowhere/at/all.json')
})
