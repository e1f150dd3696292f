//! What is measured, and what has to come out?

use std::path::Path;

use netsnap_benches::child::Measured;
use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::{interleave, median};

use crate::bed::{Bed, ROUND_TRIP};
use crate::contender::{Contender, Kind, Task};

pub(crate) const BENCH: &str = "collect";
pub(crate) const NOTES: &str = "\
Devices are simulated, each contender is a process of its own, rounds are interleaved, figures are medians. Processor time is \
user and system as the kernel accounts it, with the contender's start-up (interpreter, imports) taken off. All agree on \
curve25519-sha256. Each keeps what it collects: the peers as text in memory, netsnap as a recorded run, in memory or, where \
that is said, in a folder of files, every one of them synced to the disk at the end. For one output of 20 MB that means: \
from the call, over the login, to the end of the recorded run; the peers start behind their login. With the bytes in hand, \
netsnap has read them back from the run. asyncssh is a bare SSH library: it is shown, not raced. With files, most of the \
processor time is the kernel's, which makes and syncs one file for each output; it depends on the file system.";

const FLEET_COMMANDS: [&str; 5] = [
    "show version",
    "show running-config",
    "show interface brief",
    "show ip route",
    "show ip ospf neighbor",
];
const BIG_CASE: &str = "one output of 20 MB";
/// The traps that `trap_server.py` sets.
const TRAPS: usize = 6;

/// A value of one run.
type Value = fn(&Measured) -> Option<f64>;

/// Everything that is needed to measure.
pub(crate) struct Cases<'a> {
    bed: &'a Bed,
    contenders: &'a [Contender],
    quick: bool,
}

/// The runs of each contender, in their order.
type Runs = Vec<Vec<Measured>>;

impl<'a> Cases<'a> {
    pub(crate) fn new(bed: &'a Bed, contenders: &'a [Contender], quick: bool) -> Self {
        Self {
            bed,
            contenders,
            quick,
        }
    }

    /// Does everything. What a contender cannot do is missing in its figures, and misses its targets if it is ours.
    pub(crate) fn measure(&self) -> Vec<Figure> {
        let idle = self.idle();
        let mut figures = self.fleet(&idle);
        figures.extend(self.memory());
        figures.extend(self.big());
        figures.extend(self.login());
        figures.extend(self.round_trips());
        figures.extend(self.traps());
        figures.extend(self.stalled());
        figures
    }

    /// Runs a task in rounds; only the checked figures are worth more than one round in a quick run.
    fn rounds(&self, rounds: usize, task: &Task<'_>) -> Runs {
        eprintln!("measuring {}: {}", task.case, task.inventory.display());
        let rounds = if self.quick { 1 } else { rounds };
        interleave(self.contenders, rounds, |contender| contender.run(task))
    }

    fn idle(&self) -> Vec<f64> {
        let runs = self.rounds(3, &task("idle", &self.bed.one, &[]));
        runs.iter()
            .map(|runs| median(runs.iter().map(Measured::cpu_ms)).unwrap_or(0.0))
            .collect()
    }

    fn fleet(&self, idle: &[f64]) -> Vec<Figure> {
        let commands = owned(&FLEET_COMMANDS);
        let devices = count(&self.bed.fleet);
        let runs = self.rounds(
            5,
            &Task {
                in_flight: 50,
                ..task("fleet", &self.bed.fleet, &commands)
            },
        );
        let per_device: Vec<_> = runs
            .iter()
            .zip(idle)
            .map(|(runs, idle)| {
                median(runs.iter().map(Measured::cpu_ms)).map(|cpu| (cpu - idle).max(0.0) / devices)
            })
            .collect();
        let case = format!("{devices} devices x 5 commands, 50 in flight");
        let mut figures = self.compare(
            ("fleet", &case, "processor time for a device", "ms"),
            &per_device,
            |name| Target::AtMost(if name.contains("Python") { 2.0 } else { 1.5 }),
            Target::TimesLess(5.0),
        );
        let wall = medians(&runs, |run| run.number("wall_s"));
        figures.extend(self.compare(
            ("fleet", &case, "wall time", "s"),
            &wall,
            none,
            Target::None,
        ));
        figures
    }

    fn memory(&self) -> Vec<Figure> {
        let commands = owned(&FLEET_COMMANDS);
        let runs = self.rounds(
            3,
            &Task {
                in_flight: 200,
                ..task("fleet", &self.bed.many, &commands)
            },
        );
        let case = format!(
            "{} devices x 5 commands, 200 in flight",
            count(&self.bed.many)
        );
        let peaks = medians(&runs, |run| Some(run.peak_mb()));
        let ours = |name: &str| {
            if name.contains("Rust") {
                Target::AtMost(45.0)
            } else {
                Target::None
            }
        };
        self.compare(
            ("fleet", &case, "peak memory", "MB"),
            &peaks,
            ours,
            Target::None,
        )
    }

    fn big(&self) -> Vec<Figure> {
        let commands = owned(&["show bulk 20"]);
        let runs = self.rounds(5, &task("big", &self.bed.one, &commands));
        let whole = |run: &Measured| run.number("bytes").is_some_and(|bytes| bytes >= 19e6);
        let runs: Runs = runs
            .into_iter()
            .map(|runs| runs.into_iter().filter(whole).collect())
            .collect();
        let rust = |limit: f64| {
            move |name: &str| {
                if name.contains("Rust") {
                    Target::AtMost(limit)
                } else {
                    Target::None
                }
            }
        };
        let wall = medians(&runs, |run| run.number("wall_s"));
        let growth = medians(&runs, |run| run.number("growth_mb"));
        let mut figures = self.compare(
            ("big", BIG_CASE, "wall time", "s"),
            &wall,
            rust(0.3),
            Target::None,
        );
        figures.extend(self.compare(
            ("big", BIG_CASE, "memory over the start", "MB"),
            &growth,
            rust(30.0),
            Target::None,
        ));
        let in_hand = medians(&runs, |run| {
            run.number("in_hand_mb").or(run.number("growth_mb"))
        });
        figures.extend(self.compare(
            ("big", BIG_CASE, "the same with the bytes in hand", "MB"),
            &in_hand,
            none,
            Target::None,
        ));
        figures
    }

    fn login(&self) -> Vec<Figure> {
        let runs = self.rounds(
            3,
            &Task {
                count: 30,
                ..task("login", &self.bed.one, &[])
            },
        );
        let times = medians(&runs, |run| run.number("ms"));
        let ours = |name: &str| {
            if name.contains("Rust") {
                Target::AtMost(5.0)
            } else {
                Target::None
            }
        };
        self.compare(
            ("login", "login", "from nothing to the prompt", "ms"),
            &times,
            ours,
            Target::None,
        )
    }

    /// A command over a long line against the same over a short one: what is more than one round trip is extra.
    fn round_trips(&self) -> Vec<Figure> {
        let commands = owned(&["show version"]);
        let times = |inventory| {
            let runs = self.rounds(
                3,
                &Task {
                    count: 20,
                    ..task("repeat", inventory, &commands)
                },
            );
            medians(&runs, |run| run.number("ms"))
        };
        let (near, far) = (times(&self.bed.one), times(&self.bed.distant));
        let trip = ROUND_TRIP.as_secs_f64() * 1000.0;
        let extra: Vec<_> = near
            .iter()
            .zip(&far)
            .map(|(near, far)| Some((((*far)? - (*near)?) / trip - 1.0).round()))
            .collect();
        let ours = |name: &str| {
            if name.contains("Rust") {
                Target::AtMost(0.0)
            } else {
                Target::None
            }
        };
        self.compare(
            (
                "repeat",
                "one command over a long line",
                "extra round trips",
                "round trips",
            ),
            &extra,
            ours,
            Target::None,
        )
    }

    fn traps(&self) -> Vec<Figure> {
        let commands: Vec<_> = (1..=TRAPS)
            .map(|trap| format!("show trap {trap}"))
            .collect();
        let runs = self.rounds(
            1,
            &Task {
                in_flight: TRAPS,
                ..task("traps", &self.bed.traps, &commands)
            },
        );
        let whole = medians(&runs, |run| run.number("whole"));
        let ours = |_: &str| Target::AtLeast(6.0);
        self.compare(
            ("traps", "six truncation traps", "whole answers", "of 6"),
            &whole,
            ours,
            Target::None,
        )
    }

    fn stalled(&self) -> Vec<Figure> {
        let count = if self.quick { 100 } else { 1000 };
        let task = Task {
            in_flight: 100,
            count,
            ..task("stalled", &self.bed.silent, &[])
        };
        let runs = self.rounds(1, &task);
        #[expect(clippy::cast_precision_loss, reason = "a thousand at most")]
        let all = count as f64;
        // A connect that failed otherwise than by its time limit proves nothing.
        let runs: Runs = runs
            .into_iter()
            .map(|runs| {
                runs.into_iter()
                    .filter(|run| run.number("timeouts") == Some(all))
                    .collect()
            })
            .collect();
        let case = format!("{count} connects that time out");
        let left = medians(&runs, |run| run.number("sockets"));
        let ours = |_: &str| Target::AtMost(0.0);
        self.compare(
            ("stalled", &case, "sockets left", "sockets"),
            &left,
            ours,
            Target::None,
        )
    }

    /// One figure for each of ours alone, then one for each of ours against each peer.
    fn compare(
        &self,
        (task, case, figure, unit): (&str, &str, &'static str, &'static str),
        values: &[Option<f64>],
        alone: impl Fn(&str) -> Target,
        against_tools: Target,
    ) -> Vec<Figure> {
        let pairs: Vec<_> = self.contenders.iter().zip(values).collect();
        let (ours, peers): (Vec<_>, Vec<_>) = pairs
            .into_iter()
            .partition(|(who, _)| who.kind == Kind::Ours);
        let mut figures = Vec::new();
        for (mine, value) in ours.into_iter().filter(|(who, _)| who.does(task)) {
            let new = |peer: Option<&Contender>, theirs, target| Figure {
                bench: BENCH,
                case: format!("{case} ({})", mine.name),
                figure,
                unit,
                ours: *value,
                peer: peer.map(|peer| peer.name.to_owned()),
                theirs,
                target,
            };
            figures.push(new(None, None, alone(mine.name)));
            figures.extend(peers.iter().map(|(peer, theirs)| {
                let target = match peer.kind {
                    Kind::Tool => against_tools,
                    Kind::Ours | Kind::Library => Target::None,
                };
                new(Some(peer), **theirs, target)
            }));
        }
        figures
    }
}

fn none(_: &str) -> Target {
    Target::None
}

fn task<'a>(case: &'static str, inventory: &'a Path, commands: &'a [String]) -> Task<'a> {
    Task {
        case,
        inventory,
        in_flight: 1,
        count: 1,
        commands,
    }
}

fn owned(commands: &[&str]) -> Vec<String> {
    commands.iter().map(ToString::to_string).collect()
}

fn medians(runs: &Runs, value: Value) -> Vec<Option<f64>> {
    runs.iter()
        .map(|runs| median(runs.iter().filter_map(value)))
        .collect()
}

/// How many devices an inventory of ours has.
#[expect(clippy::cast_precision_loss, reason = "a few hundred at most")]
fn count(inventory: &Path) -> f64 {
    std::fs::read(inventory)
        .ok()
        .and_then(|text| serde_json::from_slice::<Vec<serde_json::Value>>(&text).ok())
        .map_or(1.0, |devices| devices.len() as f64)
}
