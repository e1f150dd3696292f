'use strict'
// netsnap: every run recorded, every state known, every change proven before it is sent.

const { Netsnap, open } = require('./lib/engine.js')
const { NetsnapError } = require('./lib/error.js')
const { Inventory, loadInventory } = require('./lib/inventory.js')
const { native } = require('./lib/native.js')
const { Output } = require('./lib/output.js')
const { Recorder } = require('./lib/recorder.js')

module.exports = {
  Inventory,
  Netsnap,
  NetsnapError,
  Output,
  Recorder,
  loadInventory,
  open,
  version: native.version(),
}
