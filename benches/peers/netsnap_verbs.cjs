'use strict'
// netsnap through Node: netsnap_verbs.cjs PROJECT VERB STORE RUNNING INTENDED GOES COUNT carries out a verb on a pair, COUNT times in a
// go, after two goes to get warm; the result is what the verb takes in the one that took the least.
// The verb plan plans for the device r1 from its newest snapshot; diff_text and diff_config have the two texts in memory.

const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const path = require('node:path')

const [project, verb, store, running, intended] = process.argv.slice(2)
const [goes, count] = process.argv.slice(7).map(Number)
const { open } = createRequire(path.resolve(project, 'package.json'))('netsnap')

const WARM = 2

const textOf = (file) => readFileSync(file, 'utf8')

const verbs = (engine, before, after) => ({
  plan: async () => (await engine.plan({ r1: after })).devices[0].steps.length,
  diff_text: async () => (await engine.diffText(before, after)).length,
  diff_config: async () => (await engine.diffConfig('cisco_ios', before, after)).changes.length,
})

async function main() {
  const work = verbs(await open(store), textOf(running), textOf(intended))[verb]
  const taken = []
  let size
  for (let number = 0; number < WARM + goes; number++) {
    const start = process.cpuUsage()
    for (let call = 0; call < count; call++) size = await work()
    const { user, system } = process.cpuUsage(start)
    taken.push((user + system) / 1000)
  }
  console.log(JSON.stringify({ cpu_ms: Math.min(...taken.slice(WARM)) / count, size }))
}

main()
