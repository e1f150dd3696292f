//! One bar for each device that is being worked on, and one for the whole.

use std::collections::HashMap;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use netsnap_core::event::{Event, EventKind};
use netsnap_core::report::terminal::printable;

use super::{View, ended_badly, words};

/// Bars shown at once: more than this scrolls out of a small terminal.
pub(super) const MOST_BARS: usize = 12;
/// How often the time on the bar of the whole moves on.
const TICK: Duration = Duration::from_millis(250);

/// A view that draws bars on a terminal and takes them away when it is done; failures stay as lines.
#[derive(Debug)]
pub struct Bars {
    pub(super) area: MultiProgress,
    pub(super) whole: ProgressBar,
    pub(super) devices: HashMap<String, ProgressBar>,
    missed: u64,
}

impl Default for Bars {
    fn default() -> Self {
        Self::on(ProgressDrawTarget::stderr())
    }
}

impl Bars {
    /// Makes a view that draws on a target.
    #[must_use]
    pub fn on(target: ProgressDrawTarget) -> Self {
        let area = MultiProgress::with_draw_target(target);
        let whole = area.add(ProgressBar::new(0).with_style(style(
            "{prefix:<14!} {bar:24.cyan/dim} {pos:>4}/{len:<4} {elapsed:>4}  {wide_msg}",
        )));
        whole.set_prefix("devices");
        whole.enable_steady_tick(TICK);
        Self {
            area,
            whole,
            devices: HashMap::new(),
            missed: 0,
        }
    }

    /// Returns the bar of a device; none where the terminal has no room for one more.
    fn bar(&mut self, device: &str) -> Option<&ProgressBar> {
        if !self.devices.contains_key(device) {
            if self.devices.len() >= MOST_BARS {
                return None;
            }
            let bar = self.area.insert_before(&self.whole, device_bar(device));
            self.devices.insert(device.to_owned(), bar);
        }
        self.devices.get(device)
    }

    fn advance(&mut self, device: &str, event: &Event) {
        let Some(bar) = self.bar(device) else {
            return;
        };
        if let Some(progress) = event.progress {
            bar.set_length(progress.total);
            bar.set_position(progress.done);
        }
        bar.set_message(words(event));
    }

    fn end(&mut self, device: &str, event: &Event) {
        if let Some(bar) = self.devices.remove(device) {
            bar.finish_and_clear();
            self.area.remove(&bar);
        }
        self.whole.inc(1);
        if ended_badly(event) {
            self.line(&format!("✗ {}: {}", printable(device), words(event)));
        }
    }

    /// Writes a line above the bars. A terminal that went away must not end the work.
    fn line(&self, text: &str) {
        self.area.println(text).unwrap_or_default();
    }
}

impl View for Bars {
    fn event(&mut self, event: &Event) {
        match (&event.device, event.kind) {
            (Some(device), EventKind::DeviceFinished) => self.end(device, event),
            (Some(device), EventKind::DeviceStarted) => {
                self.whole.inc_length(1);
                self.advance(device, event);
            }
            (Some(device), _) => self.advance(device, event),
            (None, _) => self.whole.set_message(words(event)),
        }
    }

    fn missed(&mut self, number: u64) {
        self.missed += number;
    }

    fn note(&mut self, text: &str) {
        self.line(text);
    }

    fn finish(&mut self) {
        self.whole.finish_and_clear();
        self.area.clear().unwrap_or_default();
        if self.missed > 0 {
            let missed = self.missed;
            self.line(&format!(
                "({missed} events were not shown here; the record has them)"
            ));
        }
    }
}

fn device_bar(device: &str) -> ProgressBar {
    let style = style("{prefix:<14!} {bar:24.blue/dim} {pos:>4}/{len:<4} {elapsed:>4}  {wide_msg}");
    let bar = ProgressBar::new(0).with_style(style);
    bar.with_prefix(printable(device).into_owned())
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    style
        .expect("a constant template is well formed")
        .progress_chars("━━╌")
}
