//! What 10^7 providers in 10^5 tenants cost on one cluster of etcd, or on several with a part of the tenants each. It measures nothing: it
//! multiplies what `measure` has printed. `cargo run --example model` prints the table of `docs/distributed.md`.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::fmt::Write as _;

/// How many there are, and how many processes each cluster serves.
const PROVIDERS: f64 = 1e7;
const TENANTS: f64 = 1e5;
const PROCESSES: f64 = 10.0;

/// How often a provider is changed, by assumption: once in 30 days, half of that within the busiest 10 hours of a month.
const WRITES_A_SECOND: f64 = PROVIDERS / (30.0 * 86_400.0);
const BUSIEST: f64 = PROVIDERS * 0.5 / (10.0 * 3600.0);

/// Of a provider: keys, and octets in the database after compaction and defragmentation (`measure fill URL hundred 100000`: 5.01 keys, 255
/// MiB).
const KEYS: f64 = 5.01;
const OCTETS: f64 = 255.0 * MIB / 1e5;

/// Of a unit that makes a provider with a certificate: what etcd sends to each process (the same: «the last unit»).
const OCTETS_OF_UNIT: f64 = 2682.0;

/// Memory: of a member for each provider (`ps -o rss` of the members after that: 512 to 685 MiB, of which the largest is taken), of a process that
/// holds it (`measure hold URL hundred`: 243 MiB, of which 10 MiB are there with no tenant held, `measure hold URL hundred 1000`).
const MEMORY_OF_MEMBER: f64 = 685.0 * MIB / 1e5;
const MEMORY_OF_PROCESS: f64 = 233.0 * MIB / 1e5;
const MEMORY_ALONE: f64 = 10.0 * MIB;

/// Time to read a key, and to look past one that is left to be read, which etcd does for each page (`measure hold`: 0.38 s for 60 100
/// keys, 4.6 s for 512 000).
const SECONDS_OF_KEY: f64 = 5.8e-6;
const SECONDS_OF_KEY_PASSED: f64 = 1.7e-7;

/// How many keys a page has: 4 MiB of such.
const KEYS_OF_PAGE: f64 = 14_000.0;

/// Memory of a process that holds 1000 tenants of 100 providers (`measure hold URL hundred 1000`).
const MEMORY_OF_SOME: f64 = 237.0 * MIB;

/// What etcd's documentation advises for a database at most, and what of that we fill: the rest is for what was written since the
/// last compaction, and for pages that defragmentation would free.
const MOST: f64 = 8.0 * GIB;
const FILLED: f64 = 0.5;

/// How old what a process shows may be unless `--engine-max-lag` says more. While all is read anew it grows older.
const LAG: f64 = 10.0;

const MIB: f64 = 1024.0 * 1024.0;
const GIB: f64 = 1024.0 * MIB;

fn main() {
    print!("{}", table());
}

fn table() -> String {
    let mut table = String::from(
        "| clusters | tenants | providers | keys | database | memory of a member | of a process that holds all | its start | of one with 1000 \
         tenants | writes, busiest | sent to 10 processes then | what is in the way |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for clusters in [1.0, 2.0, 7.0, 20.0, 60.0, 100.0] {
        let providers = PROVIDERS / clusters;
        let (keys, database) = (providers * KEYS, providers * OCTETS);
        let writes = BUSIEST / clusters;
        // Writing to a string does not fail.
        let _ = writeln!(
            table,
            "| {clusters} | {:.0} | {:.0} | {:.1} M | {} | {} | {} | {:.0} s | {} | {writes:.1}/s | {:.1} KiB/s | {} |",
            TENANTS / clusters,
            providers,
            keys / 1e6,
            size(database),
            size(providers * MEMORY_OF_MEMBER),
            size(MEMORY_ALONE + providers * MEMORY_OF_PROCESS),
            start(keys),
            size(MEMORY_OF_SOME),
            writes * OCTETS_OF_UNIT * PROCESSES / 1024.0,
            in_the_way(keys, database),
        );
    }
    let _ = writeln!(
        table,
        "\nOver a month these are {WRITES_A_SECOND:.1} writes a second, and {} of what was changed for each process that follows all clusters.",
        size(PROVIDERS * OCTETS_OF_UNIT)
    );
    table
}

/// In how many seconds a process has read so many keys. Each page costs what is left behind it.
fn start(keys: f64) -> f64 {
    keys * SECONDS_OF_KEY + keys * keys / (2.0 * KEYS_OF_PAGE) * SECONDS_OF_KEY_PASSED
}

fn in_the_way(keys: f64, database: f64) -> &'static str {
    if database > MOST {
        "the database"
    } else if database > MOST * FILLED {
        "room for history in the database"
    } else if start(keys) > LAG {
        "`--engine-max-lag` of what holds all"
    } else {
        "nothing"
    }
}

fn size(octets: f64) -> String {
    if octets < GIB { format!("{:.0} MiB", octets / MIB) } else { format!("{:.1} GiB", octets / GIB) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_shows_what_it_prints() {
        let documentation = include_str!("../../../docs/distributed.md");
        assert!(documentation.contains(&table()), "put this into docs/distributed.md:\n{}", table());
    }
}
