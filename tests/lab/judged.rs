//! A real router is the judge: what a plan leaves on it is what a router that was started with the intended configuration shows.

#![allow(clippy::unwrap_used, reason = "a test that meets an error fails")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use netsnap_core::config::Configuration;
use netsnap_core::model::DeviceProof;
use netsnap_core::plan::{self, DeploymentPlanner as _, PlanInput, PlanOptions, Remediator};
use netsnap_core::platform::Platform;
use tempfile::TempDir;

use crate::drawn;

const PAIRS: &str = include_str!("pairs.txt");
/// What the prompt of the router begins with, behind which it echoes what is typed.
const HOST: &str = "judge";
/// What the router says of lines that it takes (recorded, FRR 8.4.4). The planner's table is not asked: it is being judged.
const NOTES: &[&str] = &[
    "The route-map '",
    "not installed currently because dependent config not fully available",
    "Graceful restart configuration changed, reset ",
    "This command is deprecated, because it is not VRF-aware.",
    "Please, use \"",
    "Shortcut area setting will take effect only when",
    "Please be aware that removing the password",
    "% OSPF: Reference bandwidth is changed.",
    "Please ensure reference bandwidth is consistent across all routers",
    "% Echo mode works correctly for IPv4",
];
/// Pairs that are drawn by lot, where nobody asks for others.
const DRAWN: u64 = 40;
/// Routers that are up at once.
const WORKERS: usize = 2;
/// How often a pair is tried when daemons die. They do so by themselves: bgpd 8.4.4 now and then follows a freed peer when a peer of
/// an interface goes away while it comes up (SIGSEGV below `bgp_event_update`, in 2 of 8 tries on a busy machine, in none of 30 on
/// an idle one).
const TRIES: usize = 4;

struct Pair {
    name: String,
    before: String,
    after: String,
}

fn pairs() -> Vec<Pair> {
    let cases = PAIRS.split("\n=== ").skip(1);
    let pair = |case: &str| {
        let (name, rest) = case.split_once("\n--- before\n")?;
        let (before, after) = rest.split_once("\n--- after\n")?;
        Some(Pair::new(name, before, after))
    };
    cases
        .map(|case| pair(case).unwrap_or_else(|| panic!("no pair: {case}")))
        .collect()
}

impl Pair {
    fn new(name: impl Into<String>, before: &str, after: &str) -> Self {
        let text = |text: &str| {
            format!(
                "frr defaults traditional\nservice integrated-vtysh-config\n!\n{}\n",
                text.trim_end()
            )
        };
        Self {
            name: name.into(),
            before: text(before),
            after: text(after),
        }
    }
}

/// A router that was started with a configuration.
struct Router {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    folder: TempDir,
}

impl Router {
    fn start(configuration: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("frr.conf"), configuration).unwrap();
        let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("lab/judge");
        let mut child = Command::new(judge)
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let orders = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let mut router = Self {
            child,
            orders,
            answers,
            folder,
        };
        assert_eq!(router.answer().1, "# ready");
        router
    }

    /// Returns what came before the line that ends an answer, and that line.
    fn answer(&mut self) -> (String, String) {
        let mut text = String::new();
        loop {
            let mut line = String::new();
            assert!(
                self.answers.read_line(&mut line).unwrap() > 0,
                "the router is gone: {text}"
            );
            if line.starts_with("# ") {
                return (text, line.trim_end().to_owned());
            }
            text.push_str(&line);
        }
    }

    fn show(&mut self) -> String {
        writeln!(self.orders, "show").unwrap();
        self.answer().0
    }

    /// Returns the daemons that are no longer there.
    fn dead(&mut self) -> String {
        writeln!(self.orders, "dead").unwrap();
        self.answer().0.trim().replace('\n', ", ")
    }

    /// Types lines in configuration mode. Whatever the router says of them is a refusal, but for what is known to be a note. How it
    /// reports them to programs does not count: it takes lines, says nothing, and reports them as failed (`no ip address` while the
    /// kernel is slow to tell of the address: FRR 8.4.4).
    fn type_lines(&mut self, lines: &[String]) -> Result<(), String> {
        if lines.is_empty() {
            return Ok(());
        }
        let path = self.folder.path().join("lines");
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
        writeln!(self.orders, "type {}", path.display()).unwrap();
        let (text, _) = self.answer();
        let is_refusal = |line: &&str| {
            let is_echo = line.starts_with(HOST);
            !line.is_empty() && !is_echo && !NOTES.iter().any(|note| line.contains(note))
        };
        // Before the first prompt stands its greeting.
        let said = text.lines().skip_while(|line| !line.starts_with(HOST));
        match said.map(str::trim_end).find(is_refusal) {
            Some(refusal) => Err(refusal.to_owned()),
            None => Ok(()),
        }
    }
}

impl Drop for Router {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says whether two running configurations are the same blocks. FRR shows its lists in the order in which they were made (recorded,
/// FRR 8.4.4), which no command changes and nothing depends on.
fn same_blocks(a: &str, b: &str) -> bool {
    blocks(a) == blocks(b)
}

/// The blocks of a configuration in the order of their texts; of a list, each line is a block.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| *line != "!") {
        match blocks.last_mut() {
            Some(block) if line.starts_with(' ') || line == "exit" || line == "exit-vrf" => {
                block.push('\n');
                block.push_str(line);
            }
            _ => blocks.push(line.to_owned()),
        }
    }
    blocks.sort();
    blocks
}

struct Verdict {
    /// Why it is not proven.
    unproven: Vec<String>,
    wrong: Vec<String>,
    /// Daemons that died meanwhile: it says nothing of the plan then.
    dead: String,
    typed: usize,
}

impl Verdict {
    fn is_proven(&self) -> bool {
        self.unproven.is_empty()
    }
}

fn judge(pair: &Pair, platform: &std::sync::Arc<Platform>) -> Verdict {
    let after = Router::start(&pair.after).show();
    let mut router = Router::start(&pair.before);
    let before = router.show();
    let parse = |text: &str| Configuration::parse(text, platform).unwrap();
    let input = PlanInput {
        device: "judge".into(),
        platform: platform.clone(),
        running: parse(&before),
        intended: parse(&after),
        snapshot: None,
    };
    let made = Remediator.plan(&[input], &PlanOptions::default()).unwrap();
    let device = made.device("judge").unwrap();
    let unproven = match &device.proof {
        DeviceProof::Proven { .. } => Vec::new(),
        DeviceProof::Unproven { reasons } => reasons.clone(),
    };
    let mut wrong = Vec::new();
    let mut typed = 0;
    for (way, steps, expected) in [
        ("there", &device.steps, &after),
        ("back", &device.inverse, &before),
    ] {
        let lines = plan::lines(steps, platform);
        typed += lines.len();
        if let Err(refusal) = router.type_lines(&lines) {
            wrong.push(format!("{way}: refused {}: {lines:#?}", refusal.trim()));
        }
        let found = router.show();
        if !same_blocks(&found, expected) {
            let diff =
                netsnap_core::diff::render::unified(expected, &found, "expected", "found", 2);
            wrong.push(format!("{way}: {lines:#?}\n{diff}"));
        }
    }
    Verdict {
        unproven,
        wrong,
        dead: router.dead(),
        typed,
    }
}

/// Judges a pair again where the router did not live to say what it makes of the plan.
fn judge_alive(pair: &Pair, platform: &std::sync::Arc<Platform>) -> Verdict {
    let mut verdict = judge(pair, platform);
    for _ in 1..TRIES {
        if verdict.dead.is_empty() {
            break;
        }
        eprintln!("{} died and is tried again: {}", verdict.dead, pair.name);
        verdict = judge(pair, platform);
    }
    verdict
}

fn judge_all(pairs: &[Pair]) -> Vec<(&Pair, Verdict)> {
    let platform = Platform::named("frr").unwrap();
    let queue = Mutex::new(pairs.iter());
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let Some(pair) = queue.lock().unwrap().next() else {
                        return;
                    };
                    let verdict = judge_alive(pair, &platform);
                    results.lock().unwrap().push((pair, verdict));
                }
            });
        }
    });
    let results = results.into_inner().unwrap();
    assert_eq!(results.len(), pairs.len(), "a judge panicked");
    results
}

/// Nothing that was proven may be wrong.
fn check_proofs(results: &[(&Pair, Verdict)], bad: &[String]) {
    let lies = results
        .iter()
        .filter(|(_, verdict)| !verdict.wrong.is_empty() && verdict.is_proven());
    let lies: Vec<&str> = lies.map(|(pair, _)| pair.name.as_str()).collect();
    assert!(
        lies.is_empty(),
        "proven and wrong: {lies:?}\n{}",
        bad.join("\n\n")
    );
}

#[test]
fn every_plan_leaves_what_a_fresh_router_shows() {
    let only = std::env::var("NETSNAP_PAIR").unwrap_or_default();
    let pairs: Vec<Pair> = pairs()
        .into_iter()
        .filter(|pair| pair.name.contains(&only))
        .collect();
    let results = judge_all(&pairs);
    let bad = report(&results);
    check_proofs(&results, &bad);
    assert!(bad.is_empty(), "{}", bad.join("\n\n"));
}

#[test]
fn a_judge_tells_what_the_router_refuses() {
    let mut router =
        Router::start("router bgp 65001\n!\nrouter ospf\n network 10.0.0.0/8 area 0\n");
    let mut typed = |lines: &[&str]| {
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        router.type_lines(&lines).err()
    };
    for (lines, refusal) in [
        (
            ["router bgp 65001", "neighbor 10.0.0.9 description x"],
            "% Specify remote-as or peer-group commands first",
        ),
        // Not each refusal begins with a mark.
        (
            ["interface eth0", "ip ospf area 0"],
            "Please remove all network commands first.",
        ),
        (
            ["router ospf", "area 1 default-cost 20"],
            "The area is neither stub, nor NSSA",
        ),
    ] {
        assert_eq!(typed(&lines).as_deref(), Some(refusal));
    }
    assert_eq!(
        typed(&["router bgp 65001", "neighbor 10.0.0.9 remote-as 65002"]),
        None
    );
    assert!(
        router
            .show()
            .contains("\n neighbor 10.0.0.9 remote-as 65002\n")
    );
}

#[test]
fn a_judge_tells_which_daemon_died() {
    let mut router = Router::start("router bgp 65001\n");
    assert_eq!(router.dead(), "");
    writeln!(router.orders, "kill bgpd").unwrap();
    assert_eq!(router.answer().1, "# killed");
    assert_eq!(router.dead(), "bgpd");
    assert!(!router.show().contains("router bgp"));
}

/// `NETSNAP_DRAWN=500:7` draws so many pairs, from that seed on.
#[test]
fn no_plan_of_configurations_drawn_by_lot_is_proven_and_wrong() {
    let asked = std::env::var("NETSNAP_DRAWN").unwrap_or_default();
    let (count, seed) = asked.split_once(':').unwrap_or((&asked, "1"));
    let (count, seed) = (count.parse().unwrap_or(DRAWN), seed.parse().unwrap_or(1));
    let pairs: Vec<Pair> = (seed..seed + count)
        .map(|seed| {
            let (before, after) = drawn::pair(seed);
            Pair::new(format!("drawn {seed}"), &before, &after)
        })
        .collect();
    let results = judge_all(&pairs);
    let bad = report(&results);
    check_proofs(&results, &bad);
    let proven = results.iter().filter(|(_, verdict)| verdict.is_proven());
    let proven = proven.count();
    assert!(3 * proven >= pairs.len(), "only {proven} are proven");
}

/// Prints a line for each pair, with what is missing for a proof, and the totals; returns what is wrong.
fn report(results: &[(&Pair, Verdict)]) -> Vec<String> {
    let mut bad = Vec::new();
    let mut proven = 0;
    for (pair, verdict) in results {
        let word = if verdict.wrong.is_empty() {
            "right"
        } else {
            "WRONG"
        };
        let proof = match verdict.is_proven() {
            true => "proven",
            false => "unproven",
        };
        eprintln!("{word} {proof:8} {:3} lines  {}", verdict.typed, pair.name);
        for reason in &verdict.unproven {
            eprintln!("      {reason}");
        }
        proven += usize::from(verdict.is_proven());
        if !verdict.wrong.is_empty() {
            bad.push(format!("{}:\n{}", pair.name, verdict.wrong.join("\n")));
        }
    }
    let (all, right) = (results.len(), results.len() - bad.len());
    eprintln!("{all} pairs: right {right}, proven {proven}");
    bad
}
