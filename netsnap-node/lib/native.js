'use strict'
// The native half: one JSON text each way.

const path = require('node:path')

function load() {
  try {
    return require('../netsnap.node')
  } catch (error) {
    const build = `node ${path.join(path.dirname(__dirname), 'build.js')}`
    throw new Error(`netsnap: the native module cannot be loaded; build it with: ${build}`, { cause: error })
  }
}

exports.native = load()
