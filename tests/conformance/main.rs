//! What every room and every language promises, in one binary.

#![allow(clippy::unwrap_used)]

mod canary;
mod cancel;
mod capture;
mod cases;
mod drift;
mod files;
mod kept;
mod kill;
mod kinds;
mod lost;
mod memory;
mod names;
mod output;
mod paging;
mod past;
mod permit;
mod planning;
mod reach;
mod refusal;
mod ring;
mod secrets;
mod tls;
mod verify;

#[test]
fn no_file_of_this_folder_is_forgotten() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    for file in netsnap_tests::files(&folder) {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let home = match file.parent().unwrap() {
            parent if parent == folder => folder.join("main.rs"),
            parent => parent.with_extension("rs"),
        };
        let home = std::fs::read_to_string(home).unwrap();
        let declared = home.contains(&format!("\nmod {name};\n"));
        assert!(declared || name == "main", "{name}.rs is in no binary");
    }
}
