'use strict'
// The devices that a program works with. Their secrets go in and never come out.

const { fileURLToPath } = require('node:url')

const { fromJson, toJson } = require('./convert.js')
const { calling } = require('./error.js')
const { native } = require('./native.js')

const WRAP = Symbol('wrap')

/** The devices that a program works with: from a file, or from objects with the same fields. */
class Inventory {
  #native

  constructor(devices) {
    this.#native = devices?.[WRAP] ?? calling(() => native.Inventory.fromJson(toJson([...devices])))
  }

  /** Returns the devices with these names, in this order. */
  select(...names) {
    return wrapped(calling(() => this.#native.select(names)))
  }

  /** The names of the devices, in order. */
  get names() {
    return this.toJSON().map((device) => device.name)
  }

  get length() {
    return this.names.length
  }

  [Symbol.iterator]() {
    return this.toJSON()[Symbol.iterator]()
  }

  /** Returns the devices, with their secrets masked. */
  toJSON() {
    return fromJson(this.#native.json())
  }

  /** Returns devices as the engine takes them. */
  static nativeOf(devices) {
    return (devices instanceof Inventory ? devices : new Inventory(devices)).#native
  }
}

const wrapped = (found) => new Inventory({ [WRAP]: found })

/** Returns a path as text: a string, or a file: URL. */
const pathOf = (path) => (path instanceof URL ? fileURLToPath(path) : String(path))

/** Reads a file with a JSON array of devices. */
function loadInventory(path) {
  return wrapped(calling(() => native.Inventory.fromFile(pathOf(path))))
}

module.exports = { Inventory, loadInventory, nativeOf: Inventory.nativeOf, pathOf }
delete Inventory.nativeOf
