'use strict'
// How do values cross between JavaScript and the engine? Here, and nowhere else: names change between camel case and
// snake case, times become Dates, and what a user named is left alone.

// Below these names the keys are the user's own.
const OPAQUE = new Set([
  'by_rule',
  'by_status',
  'context',
  'data',
  'error_kinds',
  'json',
  'kept',
  'labels',
  'management',
  'parameters',
  'parsed',
  'platforms',
  'roles',
  'waits_for',
])
// `at`, and every name that ends like `created_at`.
const TIME = /(^|_)at$/

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase())
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

// What is known of a name of the engine. There are few, and each comes back with every row: it is worked out once.
const known = new Map()

function about(name) {
  const found = known.get(name) ?? { name: camel(name), isOpaque: OPAQUE.has(name), isTime: TIME.test(name) }
  known.set(name, found)
  return found
}

/** Returns a result of the engine as JavaScript has it. */
function toCamel(value) {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(toCamel)
  const result = {}
  for (const key of Object.keys(value)) {
    const { name, isOpaque, isTime } = about(key)
    const item = value[key]
    if (isOpaque) result[name] = item
    else if (isTime && typeof item === 'string') result[name] = new Date(item)
    else result[name] = toCamel(item)
  }
  return result
}

/** Returns arguments as the engine has them; `undefined` and `null` mean "not asked". */
function toSnake(value) {
  if (Array.isArray(value)) return value.map(toSnake)
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  const given = Object.entries(value).filter(([, item]) => item !== undefined && item !== null)
  return Object.fromEntries(given.map(([name, item]) => [snake(name), OPAQUE.has(snake(name)) ? item : toSnake(item)]))
}

const toJson = (argumentsObject) => JSON.stringify(toSnake(argumentsObject))
const fromJson = (text) => toCamel(JSON.parse(text))

/** Returns the id of a noun; an id stands for itself. */
const nameOf = (noun) => noun?.id ?? noun

/** Returns the id of the run of a noun: a deployment, a collection, a capture, a run or its id. */
const runOf = (noun) => nameOf(noun?.execution ?? noun)

module.exports = { camel, fromJson, nameOf, runOf, snake, toCamel, toJson, toSnake }
