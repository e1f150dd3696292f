//! What do small runs take on the disk, and how fast are they found by a label? Against MLflow, with the same runs.

use std::fs;
use std::path::Path;
use std::process::Command;

use netsnap_benches::child::{Measured, measure as run};
use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::interleave;

use super::{against, alone, number};
use crate::bed::{Bed, Medium, Place, disk, finished, said};

const DISK: (&str, &str) = ("disk for a run", "KiB");
const EMPTY: (&str, &str) = ("disk for a store without runs", "KiB");
const FOLDER: (&str, &str) = ("disk for the folder of a run", "KiB");
const SEARCHES: [(&str, &str); 3] = [
    ("one label", "one_ms"),
    ("two labels", "two_ms"),
    ("the first 100", "all_ms"),
];

/// MLflow keeps its runs in one of two ways.
struct Peer {
    name: &'static str,
    medium: Medium,
    uri: String,
    place: Place,
    /// Bytes of it before the first run.
    empty: Option<u64>,
    filled: Option<Measured>,
}

pub(crate) fn measure(bed: &Bed) -> Vec<Figure> {
    let count = bed.size(1000, 100);
    let ours: Vec<_> = Medium::LASTING
        .into_iter()
        .map(|medium| (medium, Mine::make(bed, medium, count)))
        .collect();
    let peers: Vec<_> = Medium::LOCAL
        .into_iter()
        .filter_map(|medium| Peer::make(bed, medium, count))
        .collect();
    let mut figures = Vec::new();
    for (medium, mine) in &ours {
        figures.extend(kept(bed, *medium, mine.as_ref(), &peers));
    }
    figures.extend(commands(bed, count));
    figures.extend(search(bed, &ours, &peers, count));
    for place in ours.iter().filter_map(|(_, mine)| mine.as_ref()) {
        bed.clear(&place.place);
    }
    figures
}

/// Small runs of ours.
struct Mine {
    place: Place,
    /// Bytes of it before the first run.
    empty: Option<u64>,
    filled: Option<Measured>,
}

impl Mine {
    fn make(bed: &Bed, medium: Medium, count: usize) -> Option<Self> {
        eprintln!("recording {count} small runs: {}", medium.name());
        let place = bed.place(medium, &format!("small-{}", medium.name()))?;
        bed.ours("small", &place.url, &["--count", "0"])?;
        let empty = (medium != Medium::Postgres)
            .then(|| bytes(bed, &place))
            .flatten();
        let filled = bed.ours("small", &place.url, &["--count", &count.to_string()]);
        Some(Self {
            place,
            empty,
            filled,
        })
    }
}

impl Peer {
    fn make(bed: &Bed, medium: Medium, count: usize) -> Option<Self> {
        let name = match medium {
            Medium::Sqlite => "MLflow, SQLite",
            _ => "MLflow, files",
        };
        eprintln!("recording {count} small runs: {name}");
        let place = bed.place(medium, &format!("mlflow-{}", medium.name()))?;
        let uri = match medium {
            Medium::Sqlite => format!("sqlite:///{}/runs.db", place.folder.display()),
            _ => format!("file:{}", place.folder.display()),
        };
        let mut make = bed.script("mlflow_store.py");
        said(name, run(make.args(["make", &uri])))?;
        let empty = bytes(bed, &place);
        let mut fill = bed.script("mlflow_store.py");
        fill.args(["fill", &uri, &count.to_string()]);
        let filled = said(name, run(&mut fill));
        Some(Self {
            name,
            medium,
            uri,
            place,
            empty,
            filled,
        })
    }

    fn search(&self, bed: &Bed) -> Option<Measured> {
        self.filled.as_ref()?;
        let mut search = bed.script("mlflow_store.py");
        said(self.name, run(search.args(["search", &self.uri])))
    }
}

/// What recording took, in time and on the disk.
fn kept(bed: &Bed, medium: Medium, mine: Option<&Mine>, peers: &[Peer]) -> Vec<Figure> {
    let count = bed.size(1000, 100);
    let case = format!("{count} small runs ({})", medium.name());
    let filled = mine.and_then(|mine| mine.filled.as_ref());
    let time = filled.and_then(|filled| filled.number("ms"));
    let time = alone(&case, ("time for a run", "ms"), time, Target::None);
    let peers: Vec<_> = peers.iter().filter(|peer| peer.medium == medium).collect();
    let mut figures: Vec<_> = peers
        .iter()
        .map(|peer| {
            let theirs = peer.filled.as_ref().and_then(|filled| filled.number("ms"));
            against(&time, peer.name, theirs, Target::None)
        })
        .collect();
    if medium == Medium::Postgres {
        return vec![time];
    }
    let empty = mine.and_then(|mine| mine.empty);
    let taken = filled.and_then(|_| share(bytes(bed, &mine?.place), empty, count));
    let taken = match medium {
        Medium::Files => alone(&case, DISK, taken, Target::None),
        _ => alone(&case, DISK, taken, Target::AtMost(4.0)),
    };
    figures.push(taken.clone());
    if medium == Medium::Files {
        let folder = mine.and_then(|mine| said("disk", folders(&mine.place.folder)));
        figures.push(alone(&case, FOLDER, folder, Target::AtMost(12.0)));
    }
    figures.extend(peers.iter().map(|peer| {
        let theirs = share(bytes(bed, &peer.place), peer.empty, count);
        against(&taken, peer.name, theirs, Target::None)
    }));
    let whole = alone(&case, EMPTY, empty.map(kilobytes), Target::None);
    figures.extend(peers.iter().map(|peer| {
        let theirs = peer.empty.map(kilobytes);
        against(&whole, peer.name, theirs, Target::None)
    }));
    figures
}

/// Runs with a device and an output; files for both are part of the layout that other programs read.
fn commands(bed: &Bed, count: usize) -> Vec<Figure> {
    let taken = |medium: Medium, count| {
        let name = format!("commands-{}", medium.name());
        let place = bed.filled(medium, &name, "commands", count)?;
        let taken = bytes(bed, &place);
        bed.clear(&place);
        taken
    };
    let of = |medium: Medium| {
        let share = share(taken(medium, count), taken(medium, 0), count);
        let case = format!("{count} runs of one command ({})", medium.name());
        alone(case, DISK, share, Target::None)
    };
    Medium::LOCAL.into_iter().map(of).collect()
}

/// What each run takes, in units of 1,024 bytes, with its share of index and audit log: what a store takes before its first run, and
/// keeps for a full disk, is in no run.
#[expect(clippy::cast_precision_loss, reason = "no bench records 2^53 runs")]
fn share(whole: Option<u64>, empty: Option<u64>, count: usize) -> Option<f64> {
    Some((kilobytes(whole?) - kilobytes(empty?)) / count as f64)
}

#[expect(clippy::cast_precision_loss, reason = "no disk has 2^53 bytes")]
fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

/// What a store takes on the disk.
fn bytes(bed: &Bed, place: &Place) -> Option<u64> {
    if place.medium == Medium::Sqlite {
        said("settle", settled(bed, place))?;
    }
    said("disk", disk(&place.folder))
}

/// What a folder of a run takes, in units of 1,024 bytes: the mean of all.
#[expect(clippy::cast_precision_loss, reason = "no disk has 2^53 bytes")]
fn folders(store: &Path) -> std::io::Result<f64> {
    let (mut bytes, mut count) = (0, 0_u32);
    for entry in fs::read_dir(store.join("executions"))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            bytes += disk(&entry.path())?;
            count += 1;
        }
    }
    Ok(bytes as f64 / f64::from(count) / 1024.0)
}

/// Lets SQLite write its log back into the database, as the last who closes it does.
fn settled(bed: &Bed, place: &Place) -> netsnap_core::Result<()> {
    let program = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('pragma wal_checkpoint(truncate)').fetchall()";
    let mut python = Command::new(&bed.arguments.python);
    finished(
        python
            .args(["-c", program])
            .arg(place.folder.join("runs.db")),
    )
}

enum Contender<'a> {
    Mine(&'a Mine),
    Peer(&'a Peer),
    Nobody,
}

fn search(bed: &Bed, ours: &[(Medium, Option<Mine>)], peers: &[Peer], count: usize) -> Vec<Figure> {
    eprintln!("measuring search by label");
    let mine = ours.iter().map(|(_, mine)| match mine {
        Some(mine) => Contender::Mine(mine),
        None => Contender::Nobody,
    });
    let contenders: Vec<_> = mine.chain(peers.iter().map(Contender::Peer)).collect();
    let runs = interleave(&contenders, bed.rounds(3), |contender| match contender {
        Contender::Mine(mine) => bed.ours("labels", &mine.place.url, &[]),
        Contender::Peer(peer) => peer.search(bed),
        Contender::Nobody => None,
    });
    let (mine, theirs) = runs.split_at(ours.len());
    let mut figures = Vec::new();
    for ((medium, _), runs) in ours.iter().zip(mine) {
        let case = format!("search in {count} runs ({})", medium.name());
        for (figure, key) in SEARCHES {
            let own = alone(&case, (figure, "ms"), number(runs, key), Target::None);
            figures.extend(peers.iter().zip(theirs).map(|(peer, theirs)| {
                let target = goal(key, peer.medium);
                against(&own, peer.name, number(theirs, key), target)
            }));
        }
    }
    figures
}

fn goal(key: &str, peer: Medium) -> Target {
    match (key, peer) {
        ("all_ms", _) => Target::None,
        (_, Medium::Files) => Target::TimesLess(20.0),
        _ => Target::TimesLess(2.0),
    }
}
