'use strict'
// Builds the native module with plain cargo and puts it next to this file. Runs at `npm install`.
//
//   node build.js           optimised
//   node build.js --debug   quick to build, slow to run

const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

// npm installs a folder as a symbolic link: the sources are where it leads.
const here = fs.realpathSync(__dirname)
const workspace = path.dirname(here)
const module_ = path.join(here, 'netsnap.node')

function fail(...lines) {
  console.error(['netsnap: the native module was not built.', ...lines].join('\n  '))
  process.exit(1)
}

function isWorkspace(folder) {
  const manifest = path.join(folder, 'Cargo.toml')
  return fs.existsSync(manifest) && fs.existsSync(path.join(folder, 'netsnap-core', 'Cargo.toml'))
}

function build() {
  const profile = process.argv.includes('--debug') ? [] : ['--release']
  const cargo = spawnSync(
    'cargo',
    ['build', ...profile, '-p', 'netsnap-node', '--message-format=json-render-diagnostics'],
    { cwd: workspace, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  if (cargo.error) fail(`cargo cannot be started: ${cargo.error.message}`, 'Install Rust (https://rustup.rs), then run npm install again.')
  if (cargo.status !== 0) fail('cargo ended with an error; it stands above.')
  return artefact(cargo.stdout)
}

/** Finds the library in what cargo says, wherever its target folder is. */
function artefact(messages) {
  const made = messages
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((message) => message.reason === 'compiler-artifact' && message.target.name === 'netsnap_node')
    .flatMap((message) => message.filenames)
    .find((file) => /\.(so|dylib|dll)$/.test(file))
  return made ?? fail('cargo made no library of the name netsnap_node.')
}

/** Replaces the module at once: a process that has it loaded keeps the old one. */
function place(library) {
  const staged = `${module_}.${process.pid}`
  fs.copyFileSync(library, staged)
  fs.renameSync(staged, module_)
}

if (isWorkspace(workspace)) {
  place(build())
} else if (!fs.existsSync(module_)) {
  fail(
    `${here} stands outside the netsnap workspace, and no netsnap.node came with it.`,
    'Install the folder itself (npm install PATH/netsnap-node), or pack it after it was built.',
  )
}
