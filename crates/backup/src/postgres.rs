//! PostgreSQL's own programs, which copy and restore its databases. The password goes to them by the
//! environment, since everybody on the machine may read the arguments of a process.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use url::Url;

use crate::BackupError;

/// The most of a program's messages that is shown, in characters.
const MAX_MESSAGE: usize = 600;

/// Copies a database into a file, in the custom format of `pg_dump`, as of one moment.
pub(crate) fn dump(url: &str, to: &Path) -> Result<(), BackupError> {
    let mut command = command("pg_dump", url);
    command
        .args(["--format=custom", "--no-owner", "--no-privileges"])
        .arg("--file")
        .arg(to);
    run("pg_dump", command)
}

/// Drops every table, also those that the file does not know: a newer version may have added them.
const DROP_TABLES: &str = "DO $$ DECLARE name text; BEGIN \
    FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables \
    WHERE schemaname = current_schema() \
    LOOP EXECUTE 'DROP TABLE IF EXISTS ' || name || ' CASCADE'; END LOOP; END $$";

/// Fills a database from such a file in one transaction; with `replace` it drops what is there first. It is committed
/// only once the whole file has been read: what breaks off before changes nothing.
pub(crate) fn restore(url: &str, from: &Path, replace: bool) -> Result<(), BackupError> {
    let mut script = Command::new("pg_restore");
    script.args(["--file=-", "--no-owner", "--no-privileges"]);
    if replace {
        script.args(["--clean", "--if-exists"]);
    }
    let mut script = script
        .arg(from)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(no_program("pg_restore"))?;
    let mut psql = command("psql", url);
    psql.args(["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"])
        .args(["--file", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut psql = psql.spawn().map_err(no_program("psql"))?;
    let (statements, into) = (script.stdout.take(), psql.stdin.take());
    let fed = match (statements, into) {
        (Some(statements), Some(into)) => feed(statements, into, replace),
        (None, _) | (_, None) => Ok(None),
    };
    let read = script
        .wait_with_output()
        .map_err(no_program("pg_restore"))?;
    end(fed, read.status.success());
    let filled = psql.wait_with_output().map_err(no_program("psql"))?;
    check("psql", &filled)?;
    check("pg_restore", &read)
}

/// Ends the input of psql, with a COMMIT where it is whole.
fn end<W: Write>(fed: std::io::Result<Option<W>>, is_whole: bool) {
    if let (Ok(Some(mut into)), true) = (fed, is_whole) {
        // A psql that has given up reads no more, and says why.
        let _gave_up = into.write_all(b"COMMIT;\n");
    }
}

/// Writes the statements into an open transaction; returns what is to commit it.
fn feed<W: Write>(
    mut statements: impl Read,
    mut into: W,
    replace: bool,
) -> std::io::Result<Option<W>> {
    into.write_all(b"SET client_min_messages = warning;\nBEGIN;\n")?;
    if replace {
        writeln!(into, "{DROP_TABLES};")?;
    }
    std::io::copy(&mut statements, &mut into)?;
    into.flush()?;
    Ok(Some(into))
}

fn command(program: &'static str, url: &str) -> Command {
    let mut command = Command::new(program);
    let mut shown = url.to_owned();
    if let Ok(mut parsed) = Url::parse(url) {
        if let Some(password) = parsed.password() {
            command.env("PGPASSWORD", decoded(password));
        }
        hide_parameters(&mut command, &mut parsed);
        if parsed.set_password(None).is_ok() {
            shown = parsed.to_string();
        }
    }
    command.arg("--no-password").arg("--dbname").arg(shown);
    command
}

/// Moves the secrets among the parameters of a URL to the environment.
fn hide_parameters(command: &mut Command, url: &mut Url) {
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let (secret, shown): (Vec<_>, Vec<_>) = pairs
        .into_iter()
        .partition(|(key, _)| matches!(key.as_str(), "password" | "sslpassword"));
    if secret.is_empty() {
        return;
    }
    for (key, value) in secret {
        // libpq has no variable for the password of a client's key: such a key needs none, or a service file.
        if key == "password" {
            command.env("PGPASSWORD", value);
        }
    }
    url.set_query(None);
    if !shown.is_empty() {
        url.query_pairs_mut().extend_pairs(shown);
    }
}

/// Decodes the percent signs of a password in a URL.
fn decoded(text: &str) -> String {
    let query = format!("p={}", text.replace('+', "%2B"));
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn run(name: &'static str, mut command: Command) -> Result<(), BackupError> {
    let ran = command.stdin(Stdio::null()).output();
    check(name, &ran.map_err(no_program(name))?)
}

fn no_program(name: &'static str) -> impl FnOnce(std::io::Error) -> BackupError {
    move |error| BackupError::NoProgram {
        name,
        why: error.to_string(),
    }
}

fn check(name: &'static str, output: &Output) -> Result<(), BackupError> {
    if output.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&output.stderr);
    Err(BackupError::Program {
        name,
        why: message.trim().chars().take(MAX_MESSAGE).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_no_argument() {
        let command = command(
            "pg_dump",
            "postgres://ann:a%20b+c@db.test/loom?sslmode=require",
        );
        let args: Vec<_> = command.get_args().filter_map(|arg| arg.to_str()).collect();
        assert_eq!(
            args,
            [
                "--no-password",
                "--dbname",
                "postgres://ann@db.test/loom?sslmode=require"
            ]
        );
        let envs: Vec<_> = command.get_envs().collect();
        assert_eq!(envs, [("PGPASSWORD".as_ref(), Some("a b+c".as_ref()))]);
        let command = super::command(
            "pg_dump",
            "postgres://ann@db.test/loom?password=top&host=%2Frun",
        );
        let args: Vec<_> = command.get_args().filter_map(|arg| arg.to_str()).collect();
        assert_eq!(args[2], "postgres://ann@db.test/loom?host=%2Frun");
        let envs: Vec<_> = command.get_envs().collect();
        assert_eq!(envs, [("PGPASSWORD".as_ref(), Some("top".as_ref()))]);
    }
}
