//! How fast is a pair planned, and a fleet?

use netsnap_benches::child::Measured;
use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::{interleave, least};
use netsnap_core::Result;

use crate::score::PEERS;
use crate::{BENCH, Bed, unusable};

/// A size, and what ours may cost there at most: planned, in memory, and with the proof.
struct Size {
    lines: usize,
    planned_ms: Target,
    peak_mb: Target,
    proven_ms: Target,
    beside_hier_config: Target,
}

const SIZES: [Size; 2] = [
    Size {
        lines: 10_000,
        planned_ms: Target::AtMost(20.0),
        peak_mb: Target::AtMost(25.0),
        proven_ms: Target::AtMost(60.0),
        beside_hier_config: Target::TimesLess(30.0),
    },
    Size {
        lines: 50_000,
        planned_ms: Target::AtMost(120.0),
        peak_mb: Target::AtMost(80.0),
        proven_ms: Target::None,
        beside_hier_config: Target::None,
    },
];

#[derive(Clone, Copy)]
enum Contender {
    /// Ours, so often that the kernel counts it well.
    Planned,
    /// Ours with the proof, as often.
    Proven,
    /// Ours once, for its memory.
    PlannedOnce,
    /// Ours with the proof once, for its memory.
    ProvenOnce,
    Peer(&'static str),
}

const CONTENDERS: [Contender; 6] = [
    Contender::Planned,
    Contender::Proven,
    Contender::PlannedOnce,
    Contender::ProvenOnce,
    Contender::Peer(PEERS[0]),
    Contender::Peer(PEERS[1]),
];

pub(crate) fn pairs(bed: &Bed) -> Result<Vec<Figure>> {
    let sizes = &SIZES[..bed.size(2, 1)];
    let mut figures = Vec::new();
    for size in sizes {
        eprintln!("planning a pair of {} lines", size.lines);
        figures.extend(pair(bed, size)?);
    }
    Ok(figures)
}

fn pair(bed: &Bed, size: &Size) -> Result<Vec<Figure>> {
    let files = Files::write(bed, size.lines)?;
    let count = (bed.size(200_000, 20_000) / size.lines).to_string();
    // A peer needs up to ten seconds for the bigger pair.
    let rounds = bed.size(if size.lines > 10_000 { 3 } else { 7 }, 1);
    let runs = interleave(&CONTENDERS, rounds, |contender| match contender {
        Contender::Planned => files.ours(bed, "plan", &count),
        Contender::Proven => files.ours(bed, "proven", &count),
        Contender::PlannedOnce => files.ours(bed, "plan", "1"),
        Contender::ProvenOnce => files.ours(bed, "proven", "1"),
        Contender::Peer(name) => bed.peer(name, "speed", &[&files.running, &files.intended]),
    });
    let costs = Costs(runs);
    let planned = format!("{} lines, planned", size.lines);
    let proven = format!("{} lines, proven", size.lines);
    let mut figures = vec![
        alone(&planned, TIME, costs.of(0, "cpu_ms"), size.planned_ms),
        alone(&planned, MEMORY, costs.of(2, "peak_mb"), size.peak_mb),
        alone(&proven, TIME, costs.of(1, "cpu_ms"), size.proven_ms),
        alone(&proven, MEMORY, costs.of(3, "peak_mb"), Target::None),
    ];
    for (place, peer) in PEERS.into_iter().enumerate() {
        let theirs = |name| costs.of(4 + place, name);
        let time = match peer {
            "hier_config" => size.beside_hier_config,
            _ => Target::None,
        };
        figures.extend([
            beside(
                alone(&planned, TIME, costs.of(0, "cpu_ms"), time),
                peer,
                theirs("cpu_ms"),
            ),
            beside(
                alone(&planned, MEMORY, costs.of(2, "peak_mb"), Target::None),
                peer,
                theirs("peak_mb"),
            ),
        ]);
    }
    Ok(figures)
}

pub(crate) const TIME: (&str, &str) = ("processor time", "ms");
const MEMORY: (&str, &str) = ("peak memory", "MB");

/// A figure without a peer.
pub(crate) fn alone(
    case: &str,
    (figure, unit): (&'static str, &'static str),
    ours: Option<f64>,
    target: Target,
) -> Figure {
    Figure {
        bench: BENCH,
        case: case.to_owned(),
        figure,
        unit,
        ours,
        peer: None,
        theirs: None,
        target,
    }
}

/// The same with a peer.
pub(crate) fn beside(figure: Figure, peer: &str, theirs: Option<f64>) -> Figure {
    Figure {
        peer: Some(peer.to_owned()),
        theirs,
        ..figure
    }
}

/// The runs of each contender.
struct Costs(Vec<Vec<Measured>>);

impl Costs {
    fn of(&self, contender: usize, name: &str) -> Option<f64> {
        least(self.0[contender].iter().filter_map(|run| run.number(name)))
    }
}

/// A pair on the disk, for every contender the same.
pub(crate) struct Files {
    pub(crate) running: String,
    pub(crate) intended: String,
}

impl Files {
    pub(crate) fn write(bed: &Bed, lines: usize) -> Result<Self> {
        let folder = bed.scratch.path().join(lines.to_string());
        let place = folder.display().to_string();
        let lines = lines.to_string();
        bed.ours("write", &["--lines", &lines, "--folder", &place])
            .ok_or_else(|| unusable("the pair cannot be written"))?;
        let file = |name: &str| folder.join(name).display().to_string();
        Ok(Self {
            running: file("running.cfg"),
            intended: file("intended.cfg"),
        })
    }

    fn ours(&self, bed: &Bed, case: &str, count: &str) -> Option<Measured> {
        let files = ["--running", &self.running, "--intended", &self.intended];
        bed.ours(case, &[&files[..], &["--count", count]].concat())
    }
}

/// A fleet of devices of 5,000 lines, each planned by itself on whatever core is free.
pub(crate) fn fleet(bed: &Bed) -> Vec<Figure> {
    let [many, few] = [bed.size(1000, 100), bed.size(100, 20)];
    // The goal is that of planning, 20 ms for a pair of 10,000 lines: a thousand pairs of half as many on two cores. By the goal of a
    // proof, 60 ms, the same fleet may take 15 s.
    [
        ("fleet", "planned", Target::AtMost(5.0)),
        ("fleet-proven", "proven", Target::None),
    ]
    .into_iter()
    .flat_map(|(case, word, goal)| of_fleet(bed, (case, word, goal), (many, few)))
    .collect()
}

fn of_fleet(
    bed: &Bed,
    (case, word, goal): (&str, &str, Target),
    (many, few): (usize, usize),
) -> Vec<Figure> {
    eprintln!("planning fleets of {few} and {many} devices ({word})");
    let run = |devices: usize| {
        let devices = devices.to_string();
        bed.ours(case, &["--lines", "5000", "--devices", &devices])
    };
    let runs = interleave(&[few, many], bed.size(3, 1), |devices| run(*devices));
    let costs = Costs(runs);
    let [of_few, of_many] = [0, 1].map(|place| costs.of(place, "peak_mb"));
    let growth = of_many.zip(of_few).map(|(many, few)| many / few);
    let name = format!("{many} devices of 5000 lines, {word}");
    let small = format!("{few} devices of 5000 lines, {word}");
    vec![
        alone(&name, ("wall time", "s"), costs.of(1, "wall_s"), goal),
        alone(&name, TIME, costs.of(1, "cpu_ms"), Target::None),
        alone(&name, MEMORY, of_many, Target::None),
        alone(&small, MEMORY, of_few, Target::None),
        alone(
            &name,
            ("memory, by that of the smaller fleet", "x"),
            growth,
            Target::AtMost(1.1),
        ),
    ]
}
