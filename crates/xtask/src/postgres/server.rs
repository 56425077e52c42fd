//! A PostgreSQL server that lives as long as the value that stands for it.
//!
//! It listens on 127.0.0.1 alone. For tests it keeps everything in a temporary folder and gives up durability for
//! speed; for benchmarks it is set as one in production and may find its folder again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::programs::Programs;
use super::user::User;
use crate::failure::{Failure, file};
use crate::{program, report, stop};

/// What every server of ours does otherwise than a fresh one.
///
/// No Unix socket: its usual folder belongs to the package's own user.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
";

/// What a server for tests gives up.
const NOT_DURABLE: &str = "
fsync = off
synchronous_commit = off
full_page_writes = off
";

/// The file, in the server's folder, that holds its superuser's password.
const PASSWORD: &str = "password";

/// How often to try, since a free port can be taken between looking and listening.
const ATTEMPTS: u8 = 3;

/// How many lines of the server's log a failure shows.
const LOG_LINES: usize = 20;

/// A running server; it is stopped, and data that nobody keeps removed, when this value is dropped.
pub(crate) struct Server {
    programs: Programs,
    user: User,
    home: Home,
    url: String,
}

/// The folder of a server.
enum Home {
    /// Goes with the server.
    Temporary(TempDir),
    /// Stays, and may be found again.
    Kept(PathBuf),
}

impl Home {
    fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }
}

impl Server {
    /// Creates a cluster in a fresh folder, starts it on a free port and waits until it answers.
    pub(crate) fn start() -> Result<Self, Failure> {
        Self::start_in(temporary_home()?, NOT_DURABLE)
    }

    /// Starts a durable server with further settings, in a folder that is kept or else in a temporary one.
    ///
    /// A folder that holds a cluster is gone on with; its settings stay those it was made with.
    pub(crate) fn start_durable(folder: Option<&Path>, settings: &str) -> Result<Self, Failure> {
        let home = match folder {
            None => temporary_home()?,
            Some(folder) => {
                fs::create_dir_all(folder).map_err(file("create", folder))?;
                Home::Kept(folder.canonicalize().map_err(file("find", folder))?)
            }
        };
        Self::start_in(home, settings)
    }

    fn start_in(home: Home, settings: &str) -> Result<Self, Failure> {
        let programs = Programs::find_or_install()?;
        let user = User::choose()?;
        user.own(home.path()).map_err(file("hand over", home.path()))?;
        let mut server = Self { programs, user, home, url: String::new() };
        if !server.data().exists() {
            server.initialise(settings)?;
        }
        let password = server.home.path().join(PASSWORD);
        let password = fs::read_to_string(&password).map_err(file("read", &password))?;
        let port = server.listen()?;
        server.url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres");
        report::line(&format!("{version} on 127.0.0.1:{port}", version = server.version()?));
        Ok(server)
    }

    /// Stops the server as a crash would and starts it again on the same port: connections break, and it recovers.
    pub(crate) fn crash(&self) -> Result<(), Failure> {
        program::capture(
            self.command("pg_ctl")
                .args(["restart", "--silent", "--wait", "--timeout=60", "--mode=immediate"])
                .arg(argument("--pgdata=", &self.data()))
                .arg(argument("--log=", &self.log())),
        )
        .map(drop)
    }

    /// Returns the URL of its superuser.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns the path of a client's program, such as `psql`: beside the server's, else wherever PATH has it.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        let beside = self.programs.path(name);
        if beside.is_file() { beside } else { name.into() }
    }

    /// Returns the process id of the server, whose children serve the connections.
    pub(crate) fn process(&self) -> Result<u32, Failure> {
        let path = self.data().join("postmaster.pid");
        let text = fs::read_to_string(&path).map_err(file("read", &path))?;
        let first = text.lines().next().unwrap_or_default();
        first.trim().parse().map_err(|_| file("find a process in", &path)(io::ErrorKind::InvalidData.into()))
    }

    /// Returns the path of what the server says.
    pub(crate) fn log(&self) -> PathBuf {
        self.home.path().join("log")
    }

    fn initialise(&self, settings: &str) -> Result<(), Failure> {
        let password = random_password().map_err(file("read", Path::new("/dev/urandom")))?;
        let password_file = self.home.path().join(PASSWORD);
        fs::write(&password_file, password)
            .and_then(|()| self.user.own(&password_file))
            .map_err(file("write", &password_file))?;
        // The password goes over the loopback only; a hash per connection would slow every test.
        program::capture(
            self.command("initdb")
                .args(["--username=postgres", "--auth=password", "--no-sync"])
                .args(["--encoding=UTF8", "--no-locale"])
                .arg(argument("--pwfile=", &password_file))
                .arg(argument("--pgdata=", &self.data())),
        )?;
        let path = self.data().join("postgresql.conf");
        OpenOptions::new()
            .append(true)
            .open(&path)
            .and_then(|mut file| file.write_all(format!("{SETTINGS}{settings}").as_bytes()))
            .map_err(file("write", &path))
    }

    fn listen(&self) -> Result<u16, Failure> {
        let mut attempt = 1;
        loop {
            let port = free_port().map_err(file("find a free port on", Path::new("127.0.0.1")))?;
            match self.try_listen(port) {
                Ok(()) => return Ok(port),
                Err(failure) if attempt == ATTEMPTS || stop::is_asked() => {
                    return Err(Failure::PostgresDidNotStart {
                        log: self.end_of_log(),
                        source: Box::new(failure),
                    });
                }
                Err(_) => attempt += 1,
            }
        }
    }

    fn try_listen(&self, port: u16) -> Result<(), Failure> {
        program::capture(
            self.command("pg_ctl")
                .args(["start", "--silent", "--wait", "--timeout=60"])
                .arg(argument("--pgdata=", &self.data()))
                .arg(argument("--log=", &self.log()))
                .arg(format!("--options=-p {port}")),
        )
        .map(drop)
    }

    fn version(&self) -> Result<String, Failure> {
        let said = program::capture(self.command("postgres").arg("--version"))?;
        Ok(said.trim().to_owned())
    }

    fn command(&self, name: &str) -> Command {
        self.user.command(&self.programs.path(name), self.home.path())
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    fn end_of_log(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_else(|error| error.to_string());
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }
}

impl Drop for Server {
    /// Stops the server: at once where nobody wants its data, else so that it need not recover.
    fn drop(&mut self) {
        if !self.data().join("postmaster.pid").exists() {
            return;
        }
        let mode = match self.home {
            Home::Temporary(_) => "--mode=immediate",
            Home::Kept(_) => "--mode=fast",
        };
        let stopped = program::capture(
            self.command("pg_ctl").args(["stop", "--silent", mode]).arg(argument("--pgdata=", &self.data())),
        );
        if let Err(failure @ (Failure::NotStarted { .. } | Failure::Unsuccessful { .. })) = stopped {
            report::line(&format!("the PostgreSQL of this command was not stopped: {failure}"));
        }
    }
}

fn temporary_home() -> Result<Home, Failure> {
    tempfile::Builder::new()
        .prefix("hemicycle-postgres-")
        .tempdir()
        .map(Home::Temporary)
        .map_err(file("create a folder in", &std::env::temp_dir()))
}

fn argument(flag: &str, path: &Path) -> std::ffi::OsString {
    let mut argument = std::ffi::OsString::from(flag);
    argument.push(path);
    argument
}

/// Returns a port that was free a moment ago.
pub(crate) fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// Returns a password of 128 random bits: other users of the machine can reach the port too.
fn random_password() -> io::Result<String> {
    use std::fmt::Write as _;

    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let mut password = String::new();
    for byte in bytes {
        write!(password, "{byte:02x}").map_err(io::Error::other)?;
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_new_each_time_and_needs_no_escaping() {
        let (one, two) = (random_password().unwrap(), random_password().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 32);
        assert!(one.bytes().all(|byte| byte.is_ascii_hexdigit()));
    }
}
