// The nouns of the history: plain data.

import type { DomainDiff } from './differences.js'
import type {
  CommandStatus,
  DeviceResult,
  DeviceStatus,
  ErrorCode,
  ErrorReport,
  Execution,
  ExecutionKind,
  ExecutionStatus,
  Snapshot,
} from './types.js'

export type AuditAction =
  | 'create'
  | 'start'
  | 'request_cancel'
  | 'cancel'
  | 'finish'
  | 'recover'
  | 'label'
  | 'pin'
  | 'annotate'
  | 'prune'
  | 'archive'
  | 'export'
  | 'import'
  | 'approve'
export type SortBy = 'created' | 'ended' | 'duration' | 'name'
export type Direction = 'descending' | 'ascending'
export type Syntax = 'literal' | 'regex'
export type Case = 'sensitive' | 'ignored'
export type SearchLimit = 'hits' | 'executions' | 'bytes'
export type DeviceChange = 'fixed' | 'broken' | 'same' | 'added' | 'removed'
export type OutputChange = 'changed' | 'masked' | 'unknown'
export type Truncation = 'output' | 'difference' | 'total'
export type Severity = 'warning' | 'error'
export type Check = 'damage' | 'audit' | 'tombstones' | 'record' | 'log' | 'summary' | 'counters' | 'outputs'
export type ExportFormat = 'auto' | 'json' | 'ndjson' | 'csv' | 'bundle'
export type CsvTable = 'executions' | 'device_results' | 'outputs'
export type Existing = 'keep' | 'replace'
export type ImportFormat = 'auto' | 'bundle' | 'legacy' | 'ansible_runner' | 'recap' | 'ansible_json'
export type Protocol = 'ospf' | 'lldp' | 'cdp'
export type LinkKind = 'point_to_point' | 'broadcast' | 'virtual' | 'physical' | 'unknown'
export type CounterName =
  | 'total_devices'
  | 'completed_devices'
  | 'failed_devices'
  | 'changed_devices'
  | 'unreachable_devices'
  | 'skipped_devices'
  | 'total_commands'
  | 'successful_commands'
  | 'failed_commands'
  | 'ok_tasks'
  | 'changed_tasks'
  | 'unreachable_tasks'
  | 'failed_tasks'
  | 'skipped_tasks'
  | 'rescued_tasks'
  | 'ignored_tasks'
  | 'bytes_in'
  | 'bytes_out'

/** A place in the audit log: the number of an entry and its hash, which stands for every entry up to it. */
export interface Anchor {
  number: number
  hash: string
}

/** An entry of the audit log: who did what to what, when and why. Order is the number. */
export interface AuditEntry {
  number: number
  at: Date
  actor: string
  action: AuditAction
  objectType: string
  objectId: string
  previous: string
  hash: string
  before?: string
  after?: string
  reason?: string
}

/** How long some runs took, in microseconds. */
export interface Durations {
  count: number
  meanUs: number | null
  p50Us: number | null
  p95Us: number | null
  p99Us: number | null
  /** Set when the percentiles come from a sketch and can be off by 1 %. */
  approximate: boolean
}

/** The figures of some runs. A partly successful run counts as ended only. */
export interface Figures {
  total: number
  byStatus: Record<string, number>
  ended: number
  succeeded: number
  durations: Durations
  successRate: number | null
}

/** The figures of one group; `key` is what its runs have in common. */
export interface Group extends Figures {
  key: string
}

/** The result of a device in one run, which may have been removed since. */
export interface DeviceMoment {
  at: Date
  executionId: string
  errorKind?: ErrorCode
}

/** How a device fared. Streaks and changes are of runs that are still in the store. */
export interface DeviceFigures {
  device: string
  total: number
  succeeded: number
  failed: number
  failingStreak: number
  longestFailingStreak: number
  recentChanges: number
  successRate: number | null
  lastSuccess: DeviceMoment | null
  lastFailure: DeviceMoment | null
}

/** How the devices fared. The lists of names are cut as `devices` is. */
export interface DeviceHealth {
  known: number
  devices: DeviceFigures[]
  longestFailing: string[]
  flapping: string[]
  neverSucceeded: string[]
}

/** The figures of all runs that fit, those that were removed since included, and of each group. */
export interface Stats extends Figures {
  removed: number
  groups: Group[]
  groupsLeftOff: number
  devices?: DeviceHealth
}

/** The newest run of a device, and how the device ended in it. */
export interface LatestDevice {
  device: string
  executionId: string
  at: Date
  runStatus: ExecutionStatus
  status: DeviceStatus | null
  errorKind?: ErrorCode
  error?: ErrorReport
  removed?: boolean
}

/** A run that was removed, or would be; `why` is the rule: `older_than`, `at_most` or `max_bytes`. */
export interface PrunedRun {
  id: string
  kind: ExecutionKind
  name: string
  status: ExecutionStatus
  createdAt: Date
  bytes: number
  why: string
}

/** What a prune removed, or would remove. Set `more` says that the limit left runs over: prune again. */
export interface PruneReport {
  dryRun: boolean
  seen: number
  removed: number
  bytes: number
  reclaimed: number
  byRule: Record<string, number>
  kept: Record<string, number>
  runs: PrunedRun[]
  more: boolean
  bytesOver: number
  completed: number
  unrecorded: string[]
  stopped?: ErrorReport
}

/** What was compressed, or would be, and which runs could not be, with the reason. */
export interface ArchiveReport {
  dryRun: boolean
  archived: number
  plain: number
  stored: number
  failed: [string, ErrorReport][]
}

/** Something in a store that cannot be read, and is passed over. */
export interface Damage {
  place: string
  error: ErrorReport
}

/** A line that fits. Lines and columns count from 1, outputs of the run from 0. */
export interface Hit {
  execution: string
  device: string
  command: string
  output: number
  line: number
  column: number
  length: number
  text: string
  before?: string[]
  after?: string[]
}

/** What was found. `truncated` says which limit stopped the search, and `cursor` goes on there. */
export interface SearchResult {
  hits: Hit[]
  executions: number
  outputs: number
  bytes: number
  truncated?: SearchLimit
  cursor?: string
  unreadable?: Damage[]
}

/** One of two runs that are compared. */
export interface RunSide {
  execution: string
  kind: ExecutionKind
  name: string
  status: ExecutionStatus
  createdAt: Date
}

/** Two lengths of time, in microseconds, and the second divided by the first. */
export interface DurationChange {
  beforeUs: number | null
  afterUs: number | null
  changeUs: number | null
  ratio: number | null
}

/** How many devices, commands and outputs became what. */
export interface ComparisonTotals {
  fixed: number
  broken: number
  same: number
  added: number
  removed: number
  commandsAdded: number
  commandsRemoved: number
  outputsSame: number
  outputsChanged: number
  outputsMasked: number
  outputsUnknown: number
  masked: number
}

/** An output, without its bytes. */
export interface OutputFacts {
  bytes: number
  digest: string
  status: CommandStatus
}

/** One difference of two JSON documents; `path` is a JSON pointer. */
export interface JsonChange {
  path: string
  before?: any
  after?: any
}

/** Two outputs of one command on one device that are not byte for byte the same. */
export interface OutputComparison {
  command: string
  occurrence: number
  change: OutputChange
  before: OutputFacts
  after: OutputFacts
  duration: DurationChange
  maskedBefore: number
  maskedAfter: number
  diff?: string
  json?: JsonChange[]
  truncated?: Truncation
  error?: ErrorReport
}

/** One device in both runs. */
export interface DeviceComparison {
  device: string
  change: DeviceChange
  duration: DurationChange
  outputsSame: number
  statusBefore: DeviceStatus | null
  statusAfter: DeviceStatus | null
  errorBefore: ErrorCode | null
  errorAfter: ErrorCode | null
  commandsAdded?: string[]
  commandsRemoved?: string[]
  outputs?: OutputComparison[]
}

/** How many devices ended with an error of a kind. */
export interface ErrorKindChange {
  kind: ErrorCode
  before: number
  after: number
}

/** What is different between two runs. `truncated` is set when something was left out for its size. */
export interface Comparison {
  before: RunSide
  after: RunSide
  duration: DurationChange
  totals: ComparisonTotals
  devices: DeviceComparison[]
  truncated: boolean
  errorKinds?: ErrorKindChange[]
}

/** What a run would do when it is done once more. */
export interface Rerun {
  kind: ExecutionKind
  name: string
  devices: string[]
  commands: string[]
  retryOf: string
  /** As they were given: keys are not renamed. */
  parameters: unknown
}

/** What a run brought that was done once more; `execution.retry_of` names the old one. */
export interface Repeated {
  execution: Execution
  devices: DeviceResult[]
  snapshots: Snapshot[]
}

/** The runs that were ended because their process went away, and those that could not be, with the reason. */
export interface Recovery {
  ended: string[]
  failed: [string, ErrorReport][]
}

/** One thing that is not as it should be, and what can be done. */
export interface Finding {
  severity: Severity
  check: Check
  place: string
  what: string
  hint: string
}

/** What was verified. `audit_head`, kept elsewhere, is the `anchor` of the next verification. */
export interface VerifyReport {
  runs: number
  events: number
  outputs: number
  outputBytes: number
  outputsCovered: number
  /**
   * Ended runs whose record nothing binds, since it was kept before records were bound, or could not be read when they ended: in these a change
   * is found only where its own checksums tell.
   */
  runsUnbound: number
  auditEntries: number
  tombstones: number
  errors: number
  warnings: number
  findings: Finding[]
  auditHead?: Anchor
  cursor?: string
}

/** A run that is not in an export, and why. */
export interface LeftOut {
  execution: string
  reason: string
}

/** What was exported; `digest` is the SHA-256 of the file. */
export interface ExportReport {
  format: ExportFormat
  executions: number
  bytes: number
  digest: string
  leftOut: LeftOut[]
  supersededOutputs: number
  /** The number of the entry of the audit log that tells of it; none where the log cannot be written to, as on a full disk. */
  auditEntry?: number
}

/** A run that came in, or would; `reason` says why one did not that was there already. */
export interface ImportedRun {
  execution: string
  source: string
  status: ExecutionStatus
  devices: number
  outputs: number
  reason?: string
}

/** A run that did not come in, and why. */
export interface RefusedRun {
  source: string
  error: ErrorReport
  execution?: string
}

/** What came of an import. */
export interface ImportReport {
  format: ImportFormat
  dryRun: boolean
  imported: ImportedRun[]
  skipped: ImportedRun[]
  refused: RefusedRun[]
  remarks: string[]
}

/** One end of a link. */
export interface End {
  node: string
  interface?: string
  address?: string
  cost?: number
  state?: string
}

/** An output of the run. */
export interface Source {
  device: string
  command: string
}

/** A link between two devices; `one_sided` when only one end speaks of it. */
export interface Link {
  a: End
  b: End
  kind: LinkKind
  oneSided: boolean
  protocols: Protocol[]
  sources: Source[]
  area?: string
  network?: string
}

/** A device; `collected` when the run asked it, others are only spoken of. */
export interface Node {
  id: string
  collected: boolean
  routerIds?: string[]
  hostnames?: string[]
  platform?: string
}

/** Something that could not be read, or does not fit together. */
export interface Remark {
  text: string
  source?: Source
}

/** Devices and the links between them, as one run knows them. */
export interface Topology {
  execution: string
  nodes: Node[]
  links: Link[]
  remarks?: Remark[]
}

/** What became of a link; `changed` names the parts that differ. */
export interface LinkChange {
  before: Link
  after: Link
  changed: string[]
}

/** What is different between two topologies. */
export interface TopologyDiff {
  nodesAdded: Node[]
  nodesRemoved: Node[]
  linksAdded: Link[]
  linksRemoved: Link[]
  linksChanged: LinkChange[]
  domains: DomainDiff
}
