//! Looks at pairs of each platform: a few, always the same ones, or many.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

use super::blocks::Blocks;
use super::judge::{Pair, Verdict};
use super::node::Node;
use super::proof::Planned;
use super::recipe::{Kitchen, Recipe, recipe, samples};
use crate::config::Configuration;
use crate::config::simulate::Simulation;
use crate::platform::Platform;

/// The platforms with their blocks.
const FILES: &[(&str, &str)] = &[
    ("arista_eos", include_str!("blocks/arista_eos.txt")),
    ("cisco_ios", include_str!("blocks/cisco_ios.txt")),
    ("cisco_iosxr", include_str!("blocks/cisco_iosxr.txt")),
    ("cisco_nxos", include_str!("blocks/cisco_nxos.txt")),
    ("drivenets_dnos", include_str!("blocks/drivenets_dnos.txt")),
    ("frr", include_str!("blocks/frr.txt")),
    ("huawei_vrp", include_str!("blocks/huawei_vrp.txt")),
    ("juniper_junos", include_str!("blocks/juniper_junos.txt")),
    ("nokia_sros", include_str!("blocks/nokia_sros.txt")),
];

/// How many pairs of each platform are always looked at.
const USUAL: u32 = 16;

/// How many pairs are looked at, of which platform, from which seed on.
struct Hunt {
    pairs: u32,
    platform: Option<String>,
    seed: u64,
}

impl Hunt {
    fn asked_for() -> Self {
        let asked = std::env::var("NETSNAP_HUNT").unwrap_or_default();
        let mut words = asked.split(':');
        let pairs = words.next().and_then(|pairs| pairs.parse().ok());
        let platform = words.next().filter(|name| !name.is_empty());
        let seed = words.next().and_then(|seed| seed.parse().ok());
        Self {
            pairs: pairs.unwrap_or(USUAL),
            platform: platform.map(str::to_owned),
            seed: seed.unwrap_or(1),
        }
    }

    /// How many pairs from which seed: what is wrong with one ends a round.
    fn rounds(&self) -> Vec<(u32, u64)> {
        let size = self.pairs.min(100);
        let rounds = u64::from(self.pairs / size.max(1));
        let seeds = self.seed..self.seed + rounds;
        seeds.map(|seed| (size, seed)).collect()
    }

    fn is_of(&self, name: &str) -> bool {
        self.platform.as_deref().is_none_or(|wanted| wanted == name)
    }
}

fn kitchen<'p>(platform: &'p Platform, file: &str) -> Kitchen<'p> {
    Kitchen {
        platform,
        blocks: Blocks::of(platform, file),
    }
}

/// What looks at a pair: running and intended.
type Judge = fn(&Platform, (&str, &str)) -> Verdict;

/// Looks at some pairs, and returns what is wrong with the smallest one that is not as it should be.
fn look(kitchen: &Kitchen<'_>, (pairs, seed): (u32, u64), judge: Judge) -> Option<String> {
    let config = Config {
        cases: pairs,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 600,
        ..Config::default()
    };
    let tried = |recipe: Recipe| {
        let Some((running, intended)) = kitchen.pair(&recipe) else {
            return Ok(());
        };
        let texts = (running.as_str(), intended.as_str());
        judge(kitchen.platform, texts).map_err(TestCaseError::fail)
    };
    match TestRunner::new(config).run(&recipe(), tried) {
        Ok(()) => None,
        Err(TestError::Fail(reason, _)) => Some(reason.message().to_owned()),
        Err(TestError::Abort(reason)) => Some(format!("given up: {}", reason.message())),
    }
}

/// Looks at the pairs that are asked for.
fn hunt(judge: Judge) {
    let hunt = Hunt::asked_for();
    let mut found = Vec::new();
    for (name, file) in FILES.iter().filter(|(name, _)| hunt.is_of(name)) {
        let platform = Platform::named(name).unwrap();
        let kitchen = kitchen(&platform, file);
        for (pairs, seed) in hunt.rounds() {
            let wrong = look(&kitchen, (pairs, seed), judge);
            found.extend(wrong.map(|wrong| format!("===== {name}, seed {seed}: {wrong}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_plan_keeps_its_promises() {
    hunt(|platform, texts| Pair::new(platform, texts).judge());
}

#[test]
fn a_simulated_device_says_the_same_of_every_plan() {
    hunt(|platform, texts| {
        // What no device would print, as two lines that take the place of each other, cannot be judged by one.
        let (running, intended) = texts;
        match is_printed(platform, running) && is_printed(platform, intended) {
            true => Planned::new(platform, texts)?.judge(),
            false => Ok(()),
        }
    });
}

fn is_printed(platform: &Platform, text: &str) -> bool {
    let meaning = |text: &str| Some(Configuration::parse(text, platform).ok()?.meaning());
    let device = Simulation::new(&platform.name, text);
    device.is_ok_and(|device| meaning(&device.running()) == meaning(text))
}

#[test]
fn each_block_is_a_configuration_that_reads_and_writes_alike() {
    for (name, file) in FILES {
        let platform = Platform::named(name).unwrap();
        let kitchen = kitchen(&platform, file);
        for block in 0..kitchen.blocks.all.len() {
            let title = &kitchen.blocks.all[block].title;
            for text in samples(&kitchen, block) {
                reads_and_writes_alike(&platform, (title, &text));
            }
        }
    }
}

fn reads_and_writes_alike(platform: &Platform, (title, text): (&str, &str)) {
    let read = |text: &str| {
        let read = Configuration::parse(text, platform);
        read.unwrap_or_else(|error| panic!("{}: {title}: {error:?}\n{text}", platform.name))
    };
    let configuration = read(text);
    let written = Node::of(&configuration).text_of(&platform.grammar);
    let again = read(&written);
    assert_eq!(
        configuration.meaning(),
        again.meaning(),
        "{}: {title}\n{text}--\n{written}",
        platform.name
    );
}
