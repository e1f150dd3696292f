// The nouns: plain data.

export type ExecutionKind =
  | 'collect'
  | 'capture'
  | 'plan'
  | 'deploy'
  | 'rollback'
  | 'check'
  | 'playbook'
  | 'adhoc'
  | 'workflow'
  | 'custom'
export type ExecutionStatus =
  | 'queued'
  | 'running'
  | 'succeeded'
  | 'partial'
  | 'failed'
  | 'cancelled'
  | 'timed_out'
  | 'interrupted'
export type Trigger = 'manual' | 'schedule' | 'api' | 'event' | 'retry'
export type RecordingLevel = 'strict' | 'batched' | 'relaxed'
export type DeviceStatus = 'ok' | 'changed' | 'failed' | 'unreachable' | 'skipped'
export type CommandStatus = 'ok' | 'changed' | 'failed' | 'skipped' | 'ignored' | 'rescued' | 'unreachable'
export type DeviceOutcome = 'already_done' | 'changed' | 'rolled_back' | 'rollback_failed' | 'refused' | 'skipped'
export type RollbackOutcome = 'exact' | 'equivalent' | 'different'
export type ChangeKind = 'added' | 'removed' | 'changed' | 'moved' | 'text' | 'secret'
export type UnreadReason = 'comment' | 'around' | 'ignored' | 'overwritten'
export type SnapshotKind = 'running_configuration' | 'intended_configuration'
export type Proof = 'given' | 'tail' | 'fence' | 'exec'
export type Level = 'debug' | 'info' | 'warning' | 'error'
export type Effect = 'none' | 'indeterminate' | 'known'

/** What kind of failure it is: the same words in every language. */
export type ErrorCode =
  | 'invalid_input'
  | 'not_found'
  | 'already_exists'
  | 'conflict'
  | 'already_finished'
  | 'unsupported'
  | 'corrupt'
  | 'storage'
  | 'storage_full'
  | 'read_only'
  | 'name_resolution'
  | 'connection_refused'
  | 'unreachable'
  | 'connect_timeout'
  | 'banner_timeout'
  | 'connection_lost'
  | 'algorithm_mismatch'
  | 'host_key_unknown'
  | 'host_key_changed'
  | 'host_key_revoked'
  | 'authentication_rejected'
  | 'authentication_timeout'
  | 'channel_refused'
  | 'prompt_not_found'
  | 'command_timeout'
  | 'command_rejected'
  | 'output_overflow'
  | 'output_truncated'
  | 'desynchronised'
  | 'configuration_invalid'
  | 'configuration_incomplete'
  | 'plan_unproven'
  | 'plan_expired'
  | 'plan_not_approved'
  | 'plan_used'
  | 'plan_conflict'
  | 'drift'
  | 'wrong_device'
  | 'check_failed'
  | 'verification_failed'
  | 'rollback_failed'
  | 'cancelled'
  | 'internal'

/** What happened: the same words in every language. */
export type EventKind =
  | 'execution_started'
  | 'execution_finished'
  | 'device_started'
  | 'connected'
  | 'command_started'
  | 'output_part'
  | 'command_finished'
  | 'snapshot_taken'
  | 'plan_made'
  | 'wave_started'
  | 'wave_finished'
  | 'state_compared'
  | 'line_intended'
  | 'line_answered'
  | 'verified'
  | 'checked'
  | 'saved'
  | 'rollback_started'
  | 'rollback_finished'
  | 'device_finished'
  | 'note'

/** A secret, or where to find it at the moment of use. */
export type Secret = string | { env: string } | { file: string }

/** A device and how to reach it. */
export interface Device {
  name: string
  host: string
  /** 22 when left out. */
  port?: number
  username: string
  /** The network OS: `frr`, `cisco_ios`, `arista_eos`, `linux`. */
  platform: string
  /** Masked in what comes out. */
  password?: Secret
  /** A private key file. */
  key?: string
  keyPassphrase?: Secret
  /** Whether to offer the keys of the SSH agent. */
  agent?: boolean
  knownHosts?: string
  hostKeyPolicy?: 'strict' | 'accept_new'
  algorithms?: 'modern' | 'compatible' | 'legacy'
  labels?: Record<string, string>
}

/** A failure as plain data: what a run records. */
export interface ErrorReport {
  kind: ErrorCode
  message: string
  operation: string
  context: Record<string, string>
  hint?: string
  effect: Effect
  retryable: boolean
}

/** How many there are; `capped` when counting stopped there. */
export interface Total {
  count: number
  capped: boolean
  pages: number
}

/** One page of a list. `cursor` leads to the next one; `null` at the end. */
export interface Page<T> {
  items: T[]
  cursor: string | null
  /** There when it was asked for. */
  total?: Total
}

/** A device of a run, as lists show it. */
export interface DeviceSummary {
  id: string
  name: string
  ip: string
  /** Where it is known: runs of before platforms were recorded have none. */
  platform?: string
}

/**
 * How tasks ended, in the words of Ansible. `changed` tasks count in `ok` too; a rescued failure counts only in `rescued`, an
 * ignored one in `ok` and `ignored`.
 */
export interface TaskCounters {
  ok: number
  changed: number
  unreachable: number
  failed: number
  skipped: number
  rescued: number
  ignored: number
}

/** How much there was to do, and how it went. */
export interface Counters {
  totalDevices: number
  completedDevices: number
  failedDevices: number
  changedDevices: number
  unreachableDevices: number
  skippedDevices: number
  totalCommands: number
  successfulCommands: number
  failedCommands: number
  /** There where the run speaks of tasks. */
  tasks?: TaskCounters
}

/** What a run used up. Runs that go on in one process at one time share its processor time: each counts all of it. */
export interface Cost {
  cpuUs: number
  bytesIn: number
  bytesOut: number
  deviceUs: number
}

/** A remark that somebody made about a run, also after its end. */
export interface Annotation {
  at: Date
  actor: string
  text: string
}

/** Somebody's wish that a run end. Who holds the run decides what becomes of it. */
export interface CancelRequest {
  at: Date
  actor: string
  reason?: string
}

/** What a run left on the disk; sizes in units of 1,000,000 bytes. */
export interface Files {
  textFiles: number
  jsonFiles: number
  totalSizeMb: number
}

/** Who writes a run, until it ends. */
export interface Owner {
  host: string
  boot: string
  process: number
  processStart: number
  /** Stands for the machine, whatever it is called: a digest of its id. */
  machine?: string
  /** Where the number of the process counts: each container has its own. */
  space?: number
  /** Names the connection to a store that many machines share, or on one machine this opening of it. */
  session?: number
}

/** One isolated run: who did what, when, to which devices, and how it ended. */
export interface Execution {
  id: string
  kind: ExecutionKind
  name: string
  status: ExecutionStatus
  createdAt: Date
  jobId: string | null
  reason?: string
  startedAt?: Date
  endedAt?: Date
  durationUs?: number
  parent?: string
  retryOf?: string
  actor: string
  trigger: Trigger
  why?: string
  ticket?: string
  /** Set when nothing was to be changed, only tried. */
  dryRun?: boolean
  /** As they were given: keys are not renamed. */
  parameters?: unknown
  parametersDigest?: string
  /** As they were given: keys are not renamed. */
  labels?: Record<string, string>
  devices: DeviceSummary[]
  commands: string[]
  results: Counters
  /** How many devices ended with an error of each kind. */
  errorKinds?: Partial<Record<ErrorCode, number>>
  files: Files
  cost?: Cost
  /** The first wish that it end, when somebody had one while it went on. */
  cancelRequest?: CancelRequest
  pinned?: boolean
  annotations?: Annotation[]
  archived?: boolean
  /** How much of it power loss could take; absent where no recorder wrote it. */
  level?: RecordingLevel
  /** Why something is missing in the record, when something is. */
  incomplete?: string
  lastSequence: number
  /** SHA-256 over all that was recorded of it, as its store keeps it; set when it ends. */
  recordDigest?: string
  revision: number
  owner?: Owner
  host?: string
  tool: string
  version: string
}

/** How a device ended in a run, with the reason. */
export interface DeviceResult {
  device: string
  status: DeviceStatus
  commandsOk: number
  commandsFailed: number
  durationUs: number
  /** There where the run speaks of tasks. */
  tasks?: TaskCounters
  attempt: number
  startedAt?: Date
  endedAt?: Date
  error?: ErrorReport
}

/** How far the work has come. */
export interface Progress {
  done: number
  total: number
}

/** One thing that happened in one run. `sequence` is dense from 1 and is the order; `at` is for people. */
export interface Event {
  sequence: number
  at: Date
  kind: EventKind
  device?: string
  level: Level
  text: string
  progress?: Progress
  /** As it was recorded: keys are not renamed. */
  data?: any
}

/** An event together with the run that it belongs to. */
export interface LiveEvent extends Event {
  execution: string
}

/** Why a device refused a line. */
export interface Rejection {
  line: string
  rule: string
}

/** What was left out of an output that was larger than the limit: the bytes of all of it, and those kept of both ends. */
export interface Cut {
  bytes: number
  head: number
  tail: number
}

/** The recorded output of one command on one device, without its bytes. */
export interface OutputSummary {
  device: string
  command: string
  bytes: number
  digest: string
  proof: Proof
  startedAt: Date
  durationUs: number
  exitStatus?: number
  rejection?: Rejection
  /** Lines that warn and do not refuse, at most the first 100. */
  warnings?: string[]
  /** `ok` when left out. */
  status?: CommandStatus
  cut?: Cut
  /** Whether the answer is kept as data beside its text. */
  parsed?: boolean
  redactions?: number
  json: boolean
  file?: string
}

/** What a collection brought: the run, and how each device ended. The outputs are in the run. */
export interface Collection {
  execution: Execution
  devices: DeviceResult[]
}

/** One observation of a subject: immutable, named by its digest. */
export interface Snapshot {
  id: string
  subject: string
  kind: SnapshotKind
  platform: string
  content: string
  meaning: string
  bytes: number
  takenAt: Date
  proof: Proof
  execution?: string
}

/** What a capture brought: a snapshot of each device whose configuration is whole. */
export interface Capture {
  execution: Execution
  snapshots: Snapshot[]
  devices: DeviceResult[]
}

/** Where a command stood and stands in a list whose order matters, counted from 1. */
export interface Places {
  before: number
  after: number
}

/**
 * One difference between two configurations. Secrets are masked in all of it.
 * `text` is a text of several lines with other words; `secret` is a command whose secret alone is another; a `moved` one has `places`.
 */
export interface Change {
  kind: ChangeKind
  section: string[]
  before?: string
  after?: string
  places?: Places
}

/** What a table of a platform is about: its name, as in an inventory, and its vendor and product. */
export interface PlatformName {
  name: string
  title: string
}

/** A piece of a text that was not read as configuration: its first line, secrets masked, at most 200 characters. */
export interface UnreadLine {
  line: number
  text: string
  why: UnreadReason
}

/** What of a text was not read as configuration: how many pieces, and the first hundred. Separators and closers are not counted. */
export interface UnreadLines {
  count: number
  lines: UnreadLine[]
}

/** What of two texts was not read as configuration, and so makes no difference. */
export interface UnreadSides {
  before: UnreadLines
  after: UnreadLines
}

/**
 * The structural difference of two configurations. Empty means that they mean the same, and hold the same comments where the device
 * keeps those. `truncated` counts what a limit left out.
 */
export interface ConfigDiff {
  changes: Change[]
  empty: boolean
  truncated: number
  unread: UnreadSides
}

/** What became of one line. */
export interface LineResult {
  line: string
  accepted: boolean
  answer?: string
}

/** What happened to one device. */
export interface DeviceDeployment {
  device: string
  outcome: DeviceOutcome
  lines: LineResult[]
  saved: boolean
  durationUs?: number
  before?: string
  after?: string
  rollback?: RollbackOutcome
  error?: ErrorReport
}

/** What a deployment, or a rollback (the deployment of an inverse), did. */
export interface Deployment {
  execution: string
  plan: string
  devices: DeviceDeployment[]
  succeeded: boolean
  rollbackOf?: string
}
