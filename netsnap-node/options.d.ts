// The options of the verbs: plain data.

import type { Color } from './differences.js'
import type { Filter, Sort } from './history-options.js'
import type { Run } from './index.js'
import type { PlanFormat } from './plan.js'
import type {
  CommandStatus,
  DeviceSummary,
  ErrorReport,
  EventKind,
  Execution,
  ExecutionKind,
  Level,
  Progress,
  Proof,
  RecordingLevel,
  Rejection,
  TaskCounters,
  Trigger,
} from './types.js'

/** The limits of a connection: times in seconds, `output` in bytes. What is left out has the engine's default. */
export interface Limits {
  connect?: number
  handshake?: number
  authentication?: number
  prompt?: number
  idle?: number
  total?: number
  output?: number
}

export interface CallOptions {
  /** Stops the call. It then fails with the code `cancelled`, or returns what was recorded as cancelled. */
  signal?: AbortSignal
}

export interface PageOptions extends CallOptions {
  /** 50 when left out. */
  limit?: number
  cursor?: string | null
}

export interface EventsOptions extends CallOptions {
  /** The first sequence number: 1 when left out. */
  start?: number
  /** 1000 when left out. */
  limit?: number
}

export interface FollowOptions extends CallOptions {
  /** The first sequence number: 1 when left out. */
  start?: number
}

export interface ListOptions extends PageOptions {
  /** Every run when left out. */
  filter?: Filter
  /** Newest first when left out. */
  sort?: Sort
  /** The number of a page, counted from 1, in the place of a cursor. */
  page?: number
  /** Count the runs that fit as well, up to this number. */
  countUpTo?: number
}

export interface WorkOptions extends CallOptions {
  /** One line for a person. */
  name?: string
  /** Who asked for it. */
  actor?: string
  /** Devices worked on at once: 50 when left out. */
  inFlight?: number
  limits?: Limits
}

export interface CollectOptions extends WorkOptions {
  /** A past run that answers in the place of the devices. */
  replay?: Run
  /** Of an output of more bytes, head and tail are kept, and the cut is visible; outputs are whole when left out, up to `limits.output`. */
  outputLimit?: number
}

export interface KeepOptions extends CallOptions {
  /** When it was read from the device: now when left out, and never a time to come. */
  takenAt?: Date
  /** Who hands it in. */
  actor?: string
}

export interface PlanOptions extends CallOptions {
  /** Devices of a wave, at most: all that are left when left out. The canary goes before them. */
  waveSize?: number
  /** Who goes first: one device, the first by name that waits for no other, when left out; with `[]` nobody. */
  canary?: string[]
  /** The waves by name, in the place of both; each device of the plan in exactly one. */
  waves?: string[][]
  /** Which devices wait for which, and which never change together. */
  schedule?: Schedule
  /**
   * By which way devices are managed, by their names: what touches it is of high risk. For a device that is not in it, the interface
   * with the address that it was reached by when its snapshot was taken.
   */
  management?: Record<string, ManagementPath>
  /** How long the plan may be carried out, in seconds: for ever when left out. */
  expiresIn?: number
  /** How many devices of a wave will change at once, for the estimate. */
  inFlight?: number
  /** Who asked for it. */
  actor?: string
}

/** What is known about the devices of a network that bears on the order of their changes. */
export interface Schedule {
  /** Groups of which no two devices change in one wave. */
  redundancy?: string[][]
  /** The role of each device. */
  roles?: Record<string, string>
  /** Every device of one role has changed before the first of the next one begins. */
  roleOrder?: string[]
  /** Devices that wait for others. */
  waitsFor?: Record<string, string[]>
  /** Devices that we come in through: last, alone, and in this order. */
  managementPath?: string[]
}

/** The way by which a device is managed, as its own configuration names it. */
export interface ManagementPath {
  interface?: string
  address?: string
  vrf?: string
}

export interface ShowPlanOptions extends CallOptions {
  /** `terminal` when left out. */
  format?: PlanFormat
  /** Columns of the terminal: 100 when left out. */
  width?: number
  color?: Color
}

export interface DeployOptions extends RollbackOptions {
  /** Whether somebody must have approved this very plan: no when left out. */
  requireApproval?: boolean
  /** Whether a plan that was carried out before, at least in part, may be carried out again: no when left out. */
  allowReuse?: boolean
}

export interface RollbackOptions extends WorkOptions {
  /** Whether a plan without proof may be carried out: no when left out. */
  allowUnproven?: boolean
  /** Whether to save the running configuration when every wave has succeeded: yes when left out. */
  save?: boolean
  /** How long neighbours may take to come back, in seconds: 60 when left out. */
  checkTimeout?: number
}

export interface AskOptions extends CallOptions {
  /** Of the login, where this question is the first. */
  limits?: Limits
}

export interface BeginOptions {
  kind?: ExecutionKind
  actor?: string
  jobId?: string
  /** The run that started this one. */
  parent?: string | Execution
  /** The run that this one repeats. */
  retryOf?: string | Execution
  /** `manual` when left out. */
  trigger?: Trigger
  why?: string
  ticket?: string
  dryRun?: boolean
  labels?: Record<string, string>
  parameters?: unknown
  devices?: DeviceSummary[]
  commands?: string[]
  /** The tool that does the work: netsnap itself when left out. */
  tool?: string
  /** The version of the tool. */
  version?: string
  /** Whether the run waits in the queue until `start`: no when left out. */
  queued?: boolean
  /** How much of the run power loss may take: `batched` when left out, the newest 250 milliseconds. */
  level?: RecordingLevel
  /** Of an output of more bytes, head and tail are kept, and the cut is visible. */
  outputLimit?: number
}

export interface EventOptions {
  /** `note` when left out. */
  kind?: EventKind
  device?: string
  /** `info` when left out. */
  level?: Level
  progress?: Progress
  /** Kept as it is. */
  data?: unknown
}

export interface OutputOptions {
  /** How it is known that the output is whole: `tail`, the weakest, when left out. */
  proof?: Proof
  exitStatus?: number
  rejection?: Rejection
  /** Lines of it that warn and do not refuse. */
  warnings?: string[]
  /** `ok` when left out, `failed` with a rejection. */
  status?: CommandStatus
  /** The output as data: kept as it is. */
  parsed?: unknown
  startedAt?: Date
  durationUs?: number
  /** `false`: no event of kind `command_finished` tells of it, for programs that record one of their own. */
  event?: boolean
}

export interface DeviceResultOptions {
  commandsOk?: number
  commandsFailed?: number
  tasks?: Partial<TaskCounters>
  /** Which try this was: 1 when left out. */
  attempt?: number
  startedAt?: Date
  endedAt?: Date
  durationUs?: number
  error?: ErrorReport
  /** `false`: no event of kind `device_finished` tells of it. */
  event?: boolean
}
