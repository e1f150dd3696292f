// The nouns of a plan: plain data.

import type { ErrorReport } from './types.js'

/** How much can go wrong. */
export type RiskLevel =
  | 'low'
  | 'medium'
  | 'high'

/** What a command reaches. */
export type RiskClass =
  | 'cosmetic'
  | 'local'
  | 'service'
  | 'unknown'
  | 'control_plane'
  | 'management'
  | 'fail_open'
  | 'unproven'
  | 'fleet'

/** Where a plan is read. */
export type PlanFormat =
  | 'terminal'
  | 'markdown'
  | 'html'

/** How bad a finding is. */
export type PlanSeverity =
  | 'info'
  | 'warning'
  | 'error'

/** What kind of finding it is. */
export type PlanFindingKind =
  | 'unknown_line'
  | 'undefined_reference'
  | 'orphan'
  | 'unused'
  | 'masked_secret'
  | 'duplicate_address'
  | 'duplicate_router_id'
  | 'duplicate_vlan'
  | 'vlan_name'
  | 'vlan_without_member'
  | 'bridge_domain_without_interface'
  | 'expired'
  | 'unknown_device'
  | 'unread_lines'

/** When something is looked at. */
export type Phase =
  | 'before'
  | 'during'
  | 'after'

/** What a live check looks at. */
export type LiveCheckKind =
  | 'reachability'
  | 'login'
  | 'privilege'
  | 'drift'

/** How a live check ended. */
export type LiveStatus =
  | 'passed'
  | 'failed'
  | 'skipped'

/** Why something has its risk. */
export interface RiskReason {
  level: RiskLevel
  kind: RiskClass
  text: string
}

/** How much can go wrong with a device or a plan, and why: the greatest reason first. */
export interface Risk {
  level: RiskLevel
  reasons: RiskReason[]
}

/** How much can go wrong with one step, and why. */
export interface StepRisk {
  level: RiskLevel
  kind: RiskClass
  reason: string
}

/** Something that a check of a plan found. */
export interface PlanFinding {
  severity: PlanSeverity
  kind: PlanFindingKind
  device: string
  text: string
  section?: string[]
  line?: string
}

/** What a deployment looks at, and what must be seen. */
export interface ValidationStep {
  phase: Phase
  name: string
  expect: string
  command?: string
}

/** What an estimate rests on: recorded changes of devices of the same platform, and where there are any, of the same kind. */
export interface DurationBasis {
  platform: string
  commands: number
  runs: number
  p50Ms: number
  kind?: RiskClass
}

/** How long a wave will take. */
export interface WaveEstimate {
  durationMs: number
  basis: DurationBasis[]
}

/** Somebody agreed that a plan be carried out. */
export interface Approval {
  plan: string
  actor: string
  at: Date
  reason?: string
}

/** One check of one device. */
export interface LiveCheck {
  device: string
  check: LiveCheckKind
  status: LiveStatus
  text?: string
  error?: ErrorReport
}

/** What the checks of a plan found: the worst first. `live` has one row for each device and check, when devices were asked. */
export interface Validation {
  plan: string
  passed: boolean
  findings: PlanFinding[]
  live?: LiveCheck[]
  execution?: string
}

/** One line to send, with the section headers to enter first. */
export interface Step {
  section: string[]
  line: string
  /** The command is of several lines, and the device shows its prompt behind the last one alone, as of a banner. */
  withoutPrompt?: boolean
}

/**
 * What the simulator said: how many lines it carried out, from how many states on the way a way back was carried out, too, and
 * the digest of the rules of the simulated device.
 */
export type DeviceProof =
  | { verdict: 'proven'; lines: number; beginnings?: number; rules?: string }
  | { verdict: 'unproven'; reasons: string[] }

/** How a person replaces the whole configuration where the steps are not proven: `FILE` holds the intended one. */
export interface NativeReplace {
  reason: string
  commands: string[]
  caution: string
}

/** What will happen to one device. */
export interface DevicePlan {
  device: string
  platform: string
  running: string
  runningMeaning: string
  intended: string
  intendedMeaning: string
  steps: Step[]
  inverse: Step[]
  proof: DeviceProof
  snapshot?: string
  /** None in plans of the first form, and where nothing is to do. */
  risk?: Risk
  /** In the order of `steps`. */
  stepRisks?: StepRisk[]
  /** For each step the places in `inverse` of the lines that take it back. */
  undo?: number[][]
  /** The platform's own way back, for a person. */
  nativeRollback?: string
  nativeReplace?: NativeReplace
  checks?: ValidationStep[]
}

/** Devices that are changed together. */
export interface Wave {
  devices: string[]
  /** None where nothing like it was recorded. */
  estimate?: WaveEstimate
}

/** What a device should become. Without a snapshot, the plan starts from the newest one of the device. */
export interface Target {
  device: string
  intended: string
  snapshot?: string
}

/** A change, frozen: what will be sent to which device, in which order, and the proof that it arrives. */
export interface Plan {
  /** The SHA-256 of the document that `planDocument` returns, in the form of `schema/plan.v4.json` of netsnap-core. */
  id: string
  schema: number
  createdAt: Date
  devices: DevicePlan[]
  waves: Wave[]
  proven: boolean
  empty: boolean
  /** When it may no longer be carried out. */
  expiresAt?: Date
  risk?: Risk
  findings?: PlanFinding[]
}
