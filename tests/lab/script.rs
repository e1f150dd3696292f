//! The lab's own command, for tests that break devices and heal them again.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use netsnap_core::model::{Device, Inventory};

static ALONE: Mutex<()> = Mutex::new(());

/// The lab for one test at a time: what one breaks, another would meet.
pub(crate) struct Lab {
    script: String,
    broken: Vec<String>,
    typed: Vec<(String, String)>,
    _alone: MutexGuard<'static, ()>,
}

impl Lab {
    /// Waits for its turn.
    pub(crate) fn take() -> Self {
        let script = std::env::var("NETSNAP_LAB")
            .expect("NETSNAP_LAB names the lab script; start these tests by `tests/run lab`");
        Self {
            script,
            broken: Vec::new(),
            typed: Vec::new(),
            _alone: ALONE.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Runs a command of the lab and returns what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = Command::new(&self.script)
            .args(arguments)
            .output()
            .expect("the lab script starts");
        assert!(
            output.status.success(),
            "lab {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("the lab prints UTF-8")
    }

    /// Returns the devices of the lab.
    pub(crate) fn inventory(&self) -> Inventory {
        Inventory::from_json(&self.run(&["inventory"])).expect("the lab prints an inventory")
    }

    /// Returns how to reach one router.
    pub(crate) fn router(&self, name: &str) -> Device {
        let inventory = self.inventory();
        inventory
            .device(name)
            .expect("the lab has this router")
            .clone()
    }

    /// Returns where a router's SSH server listens.
    pub(crate) fn address(&self, router: &str) -> SocketAddr {
        let device = self.router(router);
        let host = device
            .host
            .parse()
            .expect("the lab uses addresses, not names");
        SocketAddr::new(host, device.port)
    }

    /// Logs in over SSH, the way a client would, and returns the answer.
    pub(crate) fn ask(&self, router: &str, command: &str) -> String {
        self.run(&["ssh", router, command])
    }

    /// Types a configuration line on a router's own console, as somebody else would; it is taken back when the test ends.
    pub(crate) fn somebody_else(&mut self, router: &str, line: &str) {
        self.typed.push((router.to_owned(), line.to_owned()));
        self.run(&configure(router, line));
    }

    /// Takes back what somebody else has typed.
    pub(crate) fn nobody_else(&mut self) {
        for (router, line) in std::mem::take(&mut self.typed) {
            self.run(&configure(&router, &format!("no {line}")));
        }
    }

    /// Does something to a device that is undone when the test ends, however it ends.
    pub(crate) fn harm(&mut self, arguments: &[&str]) {
        self.broken.push(arguments[1].to_owned());
        self.run(arguments);
    }

    /// Undoes all harm, and waits until routing has converged.
    pub(crate) fn heal(&mut self) {
        for router in std::mem::take(&mut self.broken) {
            self.run(&["heal", &router]);
        }
        self.run(&["wait"]);
    }
}

fn configure<'a>(router: &'a str, line: &'a str) -> [&'a str; 7] {
    let enter = "configure terminal";
    ["exec", router, "vtysh", "-c", enter, "-c", line]
}

impl Drop for Lab {
    // A failed repair shows in the next test, which says so better than a panic in a panic.
    fn drop(&mut self) {
        for (router, line) in &self.typed {
            let line = format!("no {line}");
            let _ = Command::new(&self.script)
                .args(configure(router, &line))
                .output();
        }
        for router in &self.broken {
            let _ = Command::new(&self.script).args(["heal", router]).output();
        }
    }
}
