//! What does recording cost a playbook of Ansible? Without a recorder, with our callback, and with that of ARA.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use netsnap_benches::figure::{Figure, Target};
use netsnap_benches::rounds::{interleave, median};

use super::{against, alone};
use crate::bed::{Bed, finished, said};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const OURS: &str = "netsnap";
const ARA: &str = "ARA";
const PLAIN: &str = "no recorder";
const LONGER: f64 = 1.05;
const TIMES_LESS: f64 = 50.0;
/// What no two runs of a playbook tell apart, in milliseconds for a result.
const RESOLUTION_MS: f64 = 0.01;

/// The playbook, and what it runs on.
struct Play {
    folder: PathBuf,
    hosts: usize,
    tasks: usize,
}

pub(crate) fn measure(bed: &Bed) -> Vec<Figure> {
    let (hosts, tasks) = (bed.size(50, 5), bed.size(20, 4));
    eprintln!("measuring a playbook of {hosts} hosts x {tasks} tasks");
    let folder = bed.scratch.path().join("playbook");
    let Some(play) = said("playbook", Play::make(folder, hosts, tasks)) else {
        return Vec::new();
    };
    said(ARA, play.prepare_ara(bed));
    let recorders = [PLAIN, OURS, ARA];
    let mut round = 0;
    let runs = interleave(&recorders, bed.rounds(3), |recorder| {
        round += 1;
        said(recorder, play.run(bed, recorder, round))
    });
    let walls: Vec<_> = runs.into_iter().map(median).collect();
    play.figures(walls[0], walls[1], walls[2])
}

impl Play {
    fn make(folder: PathBuf, hosts: usize, tasks: usize) -> Outcome<Self> {
        let play = Self {
            folder,
            hosts,
            tasks,
        };
        fs::create_dir_all(&play.folder)?;
        fs::write(play.folder.join("ansible.cfg"), "[defaults]\n")?;
        let names: String = (0..hosts)
            .map(|host| format!("host{host:02} ansible_connection=local\n"))
            .collect();
        fs::write(play.folder.join("inventory"), names)?;
        let tasks: String = (0..tasks).map(task).collect();
        let text = format!("- hosts: all\n  gather_facts: false\n  tasks:\n{tasks}");
        fs::write(play.folder.join("site.yml"), text)?;
        Ok(play)
    }

    /// Runs it once and returns the seconds that it took. What was to be recorded has to be there.
    fn run(&self, bed: &Bed, recorder: &str, round: usize) -> Outcome<f64> {
        let kept = self.folder.join(format!("kept-{round}"));
        fs::create_dir_all(&kept)?;
        let mut command = self.command(bed, &kept);
        match recorder {
            OURS => with_ours(bed, &mut command, &kept)?,
            ARA => self.with_ara(bed, &mut command)?,
            _ => {}
        }
        let start = Instant::now();
        finished(&mut command)?;
        let wall = start.elapsed().as_secs_f64();
        if recorder == OURS {
            self.recorded(bed, &kept)?;
        }
        fs::remove_dir_all(&kept)?;
        Ok(wall)
    }

    fn command(&self, bed: &Bed, kept: &Path) -> Command {
        let program = beside_python(bed, "ansible-playbook");
        let mut command = Command::new(program);
        let said = fs::File::create(kept.join("said"));
        command
            .args(["--forks", "10", "--inventory", "inventory", "site.yml"])
            .current_dir(&self.folder)
            .env("ANSIBLE_CONFIG", self.folder.join("ansible.cfg"))
            .env("ANSIBLE_LOCAL_TEMP", kept.join("temporary"))
            .env("ANSIBLE_PYTHON_INTERPRETER", &bed.arguments.python);
        match said {
            Ok(file) => command.stdout(file),
            Err(_) => command.stdout(Stdio::null()),
        };
        command
    }

    /// Makes its database, which others have made before they measure.
    fn prepare_ara(&self, bed: &Bed) -> Outcome<()> {
        let mut migrate = Command::new(beside_python(bed, "ara-manage"));
        migrate.arg("migrate").stdout(Stdio::null());
        finished(migrate.env("ARA_BASE_DIR", self.folder.join("ara")))?;
        Ok(())
    }

    /// ARA as it is set up without a server: it talks to itself.
    fn with_ara(&self, bed: &Bed, command: &mut Command) -> Outcome<()> {
        let callback = python_says(bed, "ara.setup.callback_plugins")?;
        command
            .env("ANSIBLE_CALLBACK_PLUGINS", callback)
            .env("ARA_BASE_DIR", self.folder.join("ara"));
        Ok(())
    }

    /// Fails when a result is missing in what our callback recorded.
    fn recorded(&self, bed: &Bed, kept: &Path) -> Outcome<()> {
        let url = kept.join("store").display().to_string();
        let run = bed.ours("newest", &url, &[]).ok_or("no run was recorded")?;
        let least = u32::try_from(self.hosts * self.tasks).unwrap_or(u32::MAX);
        let whole = run.said["incomplete"].is_null()
            && run
                .number("events")
                .is_some_and(|events| events >= f64::from(least));
        match whole {
            true => Ok(()),
            false => Err(format!("another run was recorded: {:?}", run.said).into()),
        }
    }

    fn figures(&self, plain: Option<f64>, ours: Option<f64>, ara: Option<f64>) -> Vec<Figure> {
        let case = format!("playbook of {} hosts x {} tasks", self.hosts, self.tasks);
        let whole = alone(&case, ("wall time", "s"), ours, Target::None);
        let added = |wall: Option<f64>| self.added_ms(plain?, wall?);
        let each = alone(
            &case,
            ("added for a result", "ms"),
            ours.and_then(|_| added(ours)),
            Target::None,
        );
        vec![
            against(&whole, PLAIN, plain, Target::Within(LONGER)),
            against(&whole, ARA, ara, Target::None),
            against(&each, ARA, added(ara), Target::TimesLess(TIMES_LESS)),
        ]
    }

    fn added_ms(&self, plain: f64, wall: f64) -> Option<f64> {
        let results = f64::from(u32::try_from(self.hosts * self.tasks).ok()?);
        Some(((wall - plain) * 1000.0 / results).max(RESOLUTION_MS))
    }
}

fn task(number: usize) -> String {
    format!(
        "    - name: task {number:02}\n      ansible.builtin.debug:\n        msg: interface ge-0/0/{number} is up\n"
    )
}

fn beside_python(bed: &Bed, name: &str) -> PathBuf {
    let python = &bed.arguments.python;
    let folder = python.parent().unwrap_or(Path::new(""));
    std::path::absolute(folder.join(name)).unwrap_or_else(|_| name.into())
}

/// Our callback, as its documentation says.
fn with_ours(bed: &Bed, command: &mut Command, kept: &Path) -> Outcome<()> {
    command
        .env(
            "ANSIBLE_CALLBACK_PLUGINS",
            python_says(bed, "netsnap.ansible")?,
        )
        .env("ANSIBLE_CALLBACKS_ENABLED", "netsnap")
        .env("NETSNAP_STORE", kept.join("store"));
    Ok(())
}

/// What a module prints when it is run: where its callback lies.
fn python_says(bed: &Bed, module: &str) -> Outcome<String> {
    let output = Command::new(&bed.arguments.python)
        .args(["-m", module])
        .output()?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().into()),
    }
}
