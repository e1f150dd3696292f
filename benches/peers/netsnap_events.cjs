'use strict'
// netsnap through Node: netsnap_events.cjs PROJECT STORE COUNT records events one by one, from before the begin to behind
// the end.

const { createRequire } = require('node:module')
const path = require('node:path')

const [project, store, count] = process.argv.slice(2)
const { open } = createRequire(path.resolve(project, 'package.json'))('netsnap')

async function main() {
  const engine = await open(store)
  const start = performance.now()
  const run = await engine.begin('site.yml', { actor: 'bench' })
  for (let number = 0; number < Number(count); number++) {
    await run.event('interface is up', { device: 'r1', data: { number, interface: 'ge-0/0/1' } })
  }
  await run.finish('succeeded')
  console.log(JSON.stringify({ ms: performance.now() - start }))
}

main()
