'use strict'
// netsnap through Node: netsnap_verbs.cjs PROJECT VERB STORE RUNNING INTENDED COUNT carries out a verb on a pair, again and again.
// The verb plan plans for the device r1 from its newest snapshot; diff_text and diff_config have the two texts in memory.

const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const path = require('node:path')

const [project, verb, store, running, intended, count] = process.argv.slice(2)
const { open } = createRequire(path.resolve(project, 'package.json'))('netsnap')

const textOf = (file) => readFileSync(file, 'utf8')

const verbs = (engine, before, after) => ({
  plan: async () => (await engine.plan({ r1: after })).devices[0].steps.length,
  diff_text: async () => (await engine.diffText(before, after)).length,
  diff_config: async () => (await engine.diffConfig('cisco_ios', before, after)).changes.length,
})

async function main() {
  const work = verbs(await open(store), textOf(running), textOf(intended))[verb]
  let size
  for (let number = 0; number < Number(count); number++) size = await work()
  const start = process.cpuUsage()
  for (let number = 0; number < Number(count); number++) size = await work()
  const { user, system } = process.cpuUsage(start)
  console.log(JSON.stringify({ cpu_ms: (user + system) / 1000 / Number(count), size }))
}

main()
