//! Imports point down: cli → api → persistence → domain, and SQL stays below api.
//!
//! Reads the manifests, where a dependency must be named before any file can use it; development
//! and build dependencies count as well.

use toml::{Table, Value};

use super::{Problem, Tree};

/// What a package of the workspace may depend on.
struct Floor {
    package: &'static str,
    /// Packages of the workspace below it.
    below: &'static [&'static str],
    /// Libraries that would bring in what belongs to another floor.
    banned: &'static [&'static str],
}

const DATABASE: &[&str] = &["sea-orm", "sea-orm-migration", "sqlx"];

/// Every package of the workspace.
const FLOORS: [Floor; 12] = [
    Floor {
        package: "hemicycle-domain",
        below: &[],
        banned: &[
            "async-graphql",
            "async-graphql-axum",
            "axum",
            "reqwest",
            "sea-orm",
            "sea-orm-migration",
            "sqlx",
            "tokio",
        ],
    },
    // Texts and sizes in, pictures and documents out.
    Floor { package: "hemicycle-print", below: &[], banned: &["async-graphql", "axum", "sea-orm", "tokio"] },
    Floor { package: "hemicycle-migrations", below: &[], banned: &["async-graphql", "axum"] },
    Floor {
        package: "hemicycle-persistence",
        below: &["hemicycle-domain", "hemicycle-migrations", "hemicycle-test-database"],
        banned: &["async-graphql", "axum"],
    },
    // Puts objects together, whatever they are.
    Floor { package: "hemicycle-executor", below: &[], banned: &["axum", "sea-orm", "sqlx"] },
    Floor {
        package: "hemicycle-api",
        below: &["hemicycle-domain", "hemicycle-executor", "hemicycle-persistence", "hemicycle-print"],
        banned: DATABASE,
    },
    // Knows a server by its public API alone.
    Floor {
        package: "hemicycle-check-in-client",
        below: &["hemicycle-domain"],
        banned: &["async-graphql", "axum", "sea-orm", "sea-orm-migration", "sqlx"],
    },
    Floor {
        package: "hemicycle",
        below: &[
            "hemicycle-api",
            "hemicycle-check-in-client",
            "hemicycle-domain",
            "hemicycle-migrations",
            "hemicycle-persistence",
        ],
        banned: DATABASE,
    },
    Floor {
        package: "hemicycle-tests",
        below: &[
            "hemicycle",
            "hemicycle-api",
            "hemicycle-check-in-client",
            "hemicycle-domain",
            "hemicycle-migrations",
            "hemicycle-persistence",
            "hemicycle-test-database",
        ],
        banned: &[],
    },
    // For tests alone: it knows databases, and nothing of the product.
    Floor { package: "hemicycle-test-database", below: &[], banned: &["async-graphql", "axum"] },
    // A measuring instrument: it knows a driver and an HTTP server, and nothing of the product.
    Floor { package: "hemicycle-bare", below: &[], banned: &["async-graphql", "sea-orm"] },
    // Compiled before anything else, so that a clean clone can say what is wrong with it.
    Floor { package: "hemicycle-xtask", below: &[], banned: &[] },
];

/// Finds dependencies that point up, and packages that have no floor.
pub(super) fn upward_imports(tree: &Tree) -> Vec<Problem> {
    tree.manifests()
        .flat_map(|(file, text)| {
            problems_of(text).into_iter().map(move |(sought, why)| Problem {
                file: file.to_owned(),
                line: line_of(text, &sought),
                why,
            })
        })
        .collect()
}

/// Returns the problems of a manifest, each with the words to look for in it.
fn problems_of(text: &str) -> Vec<(String, String)> {
    let manifest: Table = match text.parse() {
        Ok(manifest) => manifest,
        Err(error) => return vec![(String::new(), format!("cannot be read as TOML: {error}"))],
    };
    let Some(package) = manifest.get("package").and_then(|package| package.get("name")) else {
        return Vec::new();
    };
    let package = package.as_str().unwrap_or_default();
    let Some(floor) = FLOORS.iter().find(|floor| floor.package == package) else {
        let why = format!("the package {package} has no floor yet: give it one in tidy/imports.rs");
        return vec![(package.to_owned(), why)];
    };
    let mut problems = Vec::new();
    for (key, name) in dependencies(&manifest) {
        let is_ours = FLOORS.iter().any(|floor| floor.package == name);
        if is_ours && !floor.below.contains(&name.as_str()) {
            let below = match floor.below {
                [] => "no package of the workspace".to_owned(),
                below => below.join(", "),
            };
            let why = format!("{package} depends on {name}, but may depend on {below}");
            problems.push((key, why));
        } else if floor.banned.contains(&name.as_str()) {
            let why = format!("{package} depends on {name}, which belongs to another floor");
            problems.push((key, why));
        }
    }
    problems
}

/// Returns all dependencies of a package: the key in its manifest and the real name.
fn dependencies(manifest: &Table) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect_dependencies(manifest, &mut found);
    for target in tables(manifest.get("target")) {
        collect_dependencies(target, &mut found);
    }
    found
}

fn collect_dependencies(section: &Table, found: &mut Vec<(String, String)>) {
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        for (key, value) in section.get(kind).and_then(Value::as_table).into_iter().flatten() {
            let renamed = value.get("package").and_then(Value::as_str);
            found.push((key.clone(), renamed.unwrap_or(key).to_owned()));
        }
    }
}

fn tables(value: Option<&Value>) -> impl Iterator<Item = &Table> {
    value.and_then(Value::as_table).into_iter().flat_map(|table| table.values()).filter_map(Value::as_table)
}

fn line_of(text: &str, sought: &str) -> Option<usize> {
    if sought.is_empty() {
        return None;
    }
    let at = text
        .lines()
        .position(|line| line.strip_prefix(sought).is_some_and(|rest| rest.starts_with([' ', '.', '='])))?;
    Some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(manifest: &str) -> Vec<Problem> {
        upward_imports(&Tree::of(&[("crates/x/Cargo.toml", manifest)]))
    }

    #[test]
    fn a_dependency_on_the_floor_below_is_fine() {
        let manifest = "[package]\nname = \"hemicycle-api\"\n[dependencies]\n\
                        hemicycle-persistence = { workspace = true }\naxum.workspace = true\n";
        assert_eq!(problems(manifest), []);
    }

    #[test]
    fn a_dependency_on_the_floor_above_is_found() {
        let manifest = "[package]\nname = \"hemicycle-domain\"\n\n[dev-dependencies]\n\
                        hemicycle-api = { workspace = true }\n";
        let found = problems(manifest);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, Some(5));
        assert!(found[0].why.contains("no package of the workspace"), "{}", found[0]);
    }

    #[test]
    fn nobody_depends_on_the_tests_or_the_developers_commands() {
        for package in FLOORS.iter().map(|floor| floor.package) {
            for target in ["hemicycle-tests", "hemicycle-xtask"] {
                let manifest = format!("[package]\nname = \"{package}\"\n[dependencies]\n{target} = {{}}\n");
                assert_eq!(problems(&manifest).len(), 1, "{package} → {target}");
            }
        }
    }

    #[test]
    fn the_api_does_not_know_the_database_library_under_any_name() {
        for line in ["sea-orm = { workspace = true }", "orm = { package = \"sea-orm\", version = \"2\" }"] {
            let manifest =
                format!("[package]\nname = \"hemicycle-api\"\n[target.'cfg(unix)'.dependencies]\n{line}\n");
            assert_eq!(problems(&manifest).len(), 1, "{line}");
        }
    }

    #[test]
    fn a_new_package_needs_a_floor() {
        assert_eq!(problems("[package]\nname = \"hemicycle-new\"\n").len(), 1);
    }

    #[test]
    fn a_manifest_that_is_not_toml_is_a_problem() {
        assert_eq!(problems("[package\n").len(), 1);
    }

    #[test]
    fn the_workspace_s_own_manifest_has_no_floor() {
        assert_eq!(problems("[workspace]\nmembers = []\n"), []);
    }
}
