'use strict'
// netsnap through Node: netsnap_plan.cjs PROJECT STORE INTENDED COUNT plans for the device r1 from its newest snapshot, again
// and again.

const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const path = require('node:path')

const [project, store, intended, count] = process.argv.slice(2)
const { open } = createRequire(path.resolve(project, 'package.json'))('netsnap')

async function main() {
  const engine = await open(store)
  const text = readFileSync(intended, 'utf8')
  let plan = await engine.plan({ r1: text })
  const start = process.cpuUsage()
  for (let number = 0; number < Number(count); number++) plan = await engine.plan({ r1: text })
  const { user, system } = process.cpuUsage(start)
  console.log(JSON.stringify({ cpu_ms: (user + system) / 1000 / Number(count), steps: plan.devices[0].steps.length }))
}

main()
