//! How much memory Linux leaves this process: what the machine has, and what the control groups (cgroups) allow, those of a
//! container, or of a systemd unit. Node's own figure, `process.constrainedMemory()`, looks at the innermost group alone,
//! whereas a limit on any around it holds as well. Reads files; never fails, elsewhere there is no limit.

#![expect(unreachable_pub, reason = "the macro exports what is public, and only that")]

use std::fs;
use std::path::{Component, Path, PathBuf};

use napi_derive::napi;

/// The controllers that a group stands under, the type and the option of their mount, and the files that hold a limit in bytes.
type Version = (fn(&str) -> bool, &'static str, &'static str, &'static [&'static str]);

/// Both versions may be there at once; memory belongs to one of them.
const VERSIONS: [Version; 2] = [
    (|controllers| controllers.is_empty(), "cgroup2", "", &["memory.max", "memory.high"]),
    (|controllers| controllers.split(',').any(|one| one == "memory"), "cgroup", "memory", &["memory.limit_in_bytes"]),
];

/// The least limit in bytes, or `Infinity`. `root` is the folder to see as `/`.
#[napi]
pub fn memory_limit(root: Option<String>) -> f64 {
    let root = PathBuf::from(root.unwrap_or_else(|| "/".to_owned()));
    let groups = text_of(&root.join("proc/self/cgroup"));
    let mounts = text_of(&root.join("proc/self/mountinfo"));
    let limits = VERSIONS.iter().filter_map(|version| limit_of(version, &root, &groups, &mounts));
    limits.fold(machine_bytes(&root), f64::min)
}

/// What the machine has; of a machine that is laid out for a test, perhaps nothing is known.
fn machine_bytes(root: &Path) -> f64 {
    let known = text_of(&root.join("proc/meminfo"));
    let kib =
        known.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.map_or(f64::INFINITY, |kib| (kib * 1024) as f64)
}

/// The least limit of our group and of all around it, as far as they are mounted.
fn limit_of((is_own, kind, option, files): &Version, root: &Path, groups: &str, mounts: &str) -> Option<f64> {
    let own = groups.lines().find_map(|line| {
        let (_, group) = line.split_once(':')?;
        let (controllers, own) = group.split_once(':')?;
        is_own(controllers).then_some(own)
    })?;
    let (top, folder) = mounts.lines().find_map(|line| mount_of(line, kind, option))?;
    let folder = root.join(folder.trim_start_matches('/'));
    // One that lies outside of what is mounted is seen as its top.
    let inside = Path::new(own).strip_prefix(top).unwrap_or(Path::new(""));
    let inside = if inside.components().any(|part| part == Component::ParentDir) { Path::new("") } else { inside };
    let limits = inside.ancestors().flat_map(|group| files.iter().map(move |file| group.join(file)));
    Some(limits.map(|file| bytes_in(&folder.join(file))).fold(f64::INFINITY, f64::min))
}

/// Which group is the top of a mount, and where it stands; a line is `36 35 98:0 /top /folder rw,noatime - type source options`.
fn mount_of<'a>(line: &'a str, kind: &str, option: &str) -> Option<(&'a str, &'a str)> {
    let (place, what) = line.split_once(" - ")?;
    let mut what = what.split(' ');
    let is_it = what.next() == Some(kind)
        && (option.is_empty() || what.nth(1).is_some_and(|given| given.split(',').any(|one| one == option)));
    let mut place = place.split(' ').skip(3);
    is_it.then_some(())?;
    Some((place.next()?, place.next()?))
}

/// `max`, an empty text and no file are no limit.
fn bytes_in(file: &Path) -> f64 {
    text_of(file).trim().parse::<u64>().map_or(f64::INFINITY, |bytes| bytes as f64)
}

fn text_of(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default()
}
