//! How often is a plan right?

use netsnap_benches::figure::{Figure, Target};
use netsnap_core::Result;
use netsnap_core::config::Configuration;
use netsnap_core::plan::{DeploymentPlanner, PlanInput, PlanOptions, Remediator, lines};
use netsnap_core::platform::Platform;
use serde::Deserialize;

use crate::divergences::Divergences;
use crate::judge::{Verdict, judge};
use crate::pairs::{self, Pair};
use crate::{BENCH, Bed, unusable};

pub(crate) const PEERS: [&str; 2] = ["hier_config", "annet"];

/// What a peer says about one pair.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    /// What would be typed.
    Lines(Vec<String>),
    /// Why there is no plan.
    Failed(String),
    /// It does not know the platform.
    Absent(()),
}

/// A tool's verdicts, one for each pair; none where it did not take part.
type Verdicts = Vec<Option<Verdict>>;

pub(crate) fn measure(bed: &Bed) -> Result<Vec<Figure>> {
    let pairs = pairs::all(&bed.arguments)?;
    eprintln!("judging {} pairs", pairs.len());
    let mut certain_and_wrong = 0;
    let mut ours = Verdicts::new();
    for pair in &pairs {
        let (verdict, is_proven) = our_verdict(pair)?;
        certain_and_wrong += usize::from(is_proven && !matches!(verdict, Verdict::Right));
        ours.push(Some(verdict));
    }
    let mut divergences = Divergences::read(&bed.arguments.divergences)?;
    let mut figures = vec![count(
        "all pairs",
        "proven, and not right",
        certain_and_wrong,
    )];
    name_ours(bed, &pairs, &ours);
    let cases = write_cases(bed, &pairs)?;
    for peer in PEERS {
        let theirs = their_verdicts(bed, peer, &cases, &pairs)?;
        meet(&mut divergences, peer, &pairs, &theirs);
        figures.extend(compared(&pairs, &ours, (peer, &theirs)));
    }
    for entry in divergences.stale() {
        eprintln!("listed, and no longer so: - {entry}");
    }
    let new = divergences.unlisted();
    figures.push(count("all pairs", "divergences that are not listed", new));
    Ok(figures)
}

/// Something that must not be.
fn count(case: &str, figure: &'static str, count: usize) -> Figure {
    Figure {
        bench: BENCH,
        case: case.to_owned(),
        figure,
        unit: "pairs",
        ours: Some(number(count)),
        peer: None,
        theirs: None,
        target: Target::AtMost(0.0),
    }
}

#[expect(clippy::cast_precision_loss, reason = "some hundred pairs")]
fn number(count: usize) -> f64 {
    count as f64
}

/// What becomes of our own plan, and whether it says that it is proven.
fn our_verdict(pair: &Pair) -> Result<(Verdict, bool)> {
    let platform = Platform::named(pair.platform)?;
    let input = PlanInput {
        device: "r1".into(),
        running: Configuration::parse(&pair.running, &platform)?,
        intended: Configuration::parse(&pair.intended, &platform)?,
        platform: platform.clone(),
        snapshot: None,
    };
    let plan = Remediator.plan(&[input], &PlanOptions::default())?;
    let typed = lines(&plan.devices[0].steps, &platform);
    Ok((judge(pair, &typed)?, plan.is_proven()))
}

/// Names the pairs that ours has no right plan for, and with `unknown` those that cannot be judged.
fn name_ours(bed: &Bed, pairs: &[Pair], ours: &Verdicts) {
    for (pair, verdict) in pairs.iter().zip(ours.iter().flatten()) {
        let is_named = match verdict {
            Verdict::NotJudged(_) => bed.arguments.unknown,
            Verdict::Right => false,
            _ => true,
        };
        if is_named {
            let Pair { group, title, .. } = pair;
            eprintln!("ours, {group}: {title}\n    {}", verdict.reason());
        }
    }
}

fn write_cases(bed: &Bed, pairs: &[Pair]) -> Result<String> {
    let path = bed.scratch.path().join("cases.json");
    let text = serde_json::to_string(pairs)
        .map_err(|error| unusable("the pairs cannot be written").because(error))?;
    std::fs::write(&path, text)
        .map_err(|error| unusable("the pairs cannot be written").because(error))?;
    Ok(path.display().to_string())
}

fn their_verdicts(bed: &Bed, peer: &str, cases: &str, pairs: &[Pair]) -> Result<Verdicts> {
    let answers = bed
        .peer(peer, "score", &[cases])
        .and_then(|mut measured| measured.said.remove("answers"));
    let Some(answers) = answers else {
        return Ok(vec![None; pairs.len()]);
    };
    let answers: Vec<Answer> = serde_json::from_value(answers)
        .map_err(|error| unusable("a peer answers what nobody asked").because(error))?;
    let judged = pairs.iter().zip(answers).map(|(pair, answer)| {
        Ok(match answer {
            Answer::Absent(_) => None,
            Answer::Failed(why) => Some(Verdict::NoPlan(why)),
            Answer::Lines(lines) => Some(judge(pair, &lines)?),
        })
    });
    judged.collect()
}

fn meet(divergences: &mut Divergences, peer: &str, pairs: &[Pair], theirs: &Verdicts) {
    for (pair, verdict) in pairs.iter().zip(theirs) {
        if let Some(verdict) = verdict
            && verdict.is_wrong()
        {
            divergences.meet(peer, pair.group, &pair.title, verdict.reason());
        }
    }
}

/// Ours beside a peer's, group by group.
fn compared(pairs: &[Pair], ours: &Verdicts, (peer, theirs): (&str, &Verdicts)) -> Vec<Figure> {
    let mut groups: Vec<&str> = pairs.iter().map(|pair| pair.group).collect();
    groups.dedup();
    let figures = groups.into_iter().flat_map(|group| {
        let of = |verdicts: &Verdicts| -> Vec<Verdict> {
            let both = pairs.iter().zip(verdicts);
            let own = both.filter(|(pair, _)| pair.group == group);
            own.filter_map(|(_, verdict)| verdict.clone()).collect()
        };
        of_group(group, &of(ours), (peer, &of(theirs)))
    });
    figures.collect()
}

fn of_group(group: &str, ours: &[Verdict], (peer, theirs): (&str, &[Verdict])) -> Vec<Figure> {
    type Kind = (&'static str, fn(&Verdict) -> bool, Target);
    let kinds: [Kind; 4] = [
        ("right", Verdict::is_right, Target::None),
        (
            "right, but a line was refused",
            Verdict::is_refused,
            Target::None,
        ),
        ("wrong", Verdict::is_wrong, Target::None),
        ("not judged", |verdict| !verdict.is_judged(), Target::None),
    ];
    let sum = |verdicts: &[Verdict], is: fn(&Verdict) -> bool| {
        let count = verdicts.iter().filter(|verdict| is(verdict)).count();
        (!verdicts.is_empty()).then(|| number(count))
    };
    let figures = kinds.map(|(figure, is, target)| Figure {
        bench: BENCH,
        case: format!("{} pairs, {group}", ours.len()),
        figure,
        unit: "pairs",
        ours: sum(ours, is),
        peer: Some(peer.to_owned()),
        theirs: sum(theirs, is),
        target,
    });
    figures.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_summed_up() {
        let ours = [Verdict::Right, Verdict::NotJudged("x".into())];
        let theirs = [Verdict::Refused("x".into()), Verdict::NoPlan("y".into())];
        let figures = of_group("frr", &ours, ("annet", &theirs));
        let pairs: Vec<_> = figures
            .iter()
            .map(|figure| (figure.ours, figure.theirs))
            .collect();
        let both = |a, b| (Some(a), Some(b));
        assert_eq!(
            pairs,
            [
                both(1.0, 1.0),
                both(0.0, 1.0),
                both(0.0, 1.0),
                both(1.0, 0.0)
            ]
        );
    }

    #[test]
    fn an_answer_is_read() {
        let text = r#"[{"lines":["a"]},{"failed":"no"},{"absent":null}]"#;
        let answers: Vec<Answer> = serde_json::from_str(text).unwrap();
        assert!(
            matches!(
                &answers[..],
                [Answer::Lines(_), Answer::Failed(_), Answer::Absent(())]
            ),
            "{answers:?}"
        );
    }
}
