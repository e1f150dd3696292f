//! Pages are parsed by a real HTML parser: what a browser would see counts, not what the text looks like.

use super::*;
#[test]
fn preview() {
    std::fs::write("/tmp/report-view/page.html", html(&samples::change())).unwrap();
}
