#!/usr/bin/env bash
# Installs the Debian package in a root of its own and goes through what an administrator does with it: set up,
# post, back up while it serves, lose the data, restore, upgrade, be refused a downgrade, purge.
# Usage, as root: packaging/drill.sh DEB [MIRROR]
# It needs mmdebstrap, curl and jq. Only a booted system shows that systemd starts the unit; here the unit is
# checked by systemd-analyze, and its ExecStart is run as its user.
set -euo pipefail

deb=$(realpath "$1")
migrations=$(realpath "$(dirname "$0")/../migrations/sqlite")
mirror=${2:-}
work=$(mktemp -d)
root=$work/root
server=

finish() {
    [[ -n $server ]] && kill "$server" 2>/dev/null && wait "$server" 2>/dev/null
    umount "$root/dev/pts" "$root/proc" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

step() { printf '\n== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
inside() { chroot "$root" "$@"; }
as_user() { (cd "$root" && chroot --userspec=hedgerow:hedgerow "$root" /bin/sh -c 'cd /var/lib/hedgerow && exec "$@"' sh "$@"); }
hedgerow() { as_user /usr/bin/hedgerow --config /etc/hedgerow/config.toml "$@"; }

# Starts what the unit starts, and waits until it can read and write.
start() {
    local line
    line=$(sed -n 's/^ExecStart=//p' "$root/usr/lib/systemd/system/hedgerow.service")
    read -ra words <<<"$line"
    as_user "${words[@]}" >"$work/log" 2>&1 &
    server=$!
    for _ in $(seq 300); do
        curl -fs -o /dev/null "http://127.0.0.1:$port/readyz" && return
        kill -0 "$server" 2>/dev/null || { cat "$work/log"; fail "the server ended"; }
        sleep 0.1
    done
    cat "$work/log"
    fail "the server is not ready"
}

stop() {
    local begun=$SECONDS
    pkill -TERM -P "$server" 2>/dev/null || kill -TERM "$server"
    wait "$server" || true
    server=
    ((SECONDS - begun <= 10)) || fail "it took more than 10 s to stop"
}

# Calls the API: api TOKEN METHOD PATH [BODY]
api() {
    curl -fsS -X "$2" "http://127.0.0.1:$port/api/hedgerow/v1$3" -H "Host: $host" \
        -H "Authorization: Bearer $1" -H 'Content-Type: application/json' ${4:+-d "$4"}
}

titles() { api "$token" GET /communities/weavers/threads | jq -r '.items[].title | if type == "object" then .text else . end' | sort | paste -sd,; }

step "A minimal Debian"
# A mirror may be a snapshot of an earlier day.
mmdebstrap --variant=minbase --include=adduser,ca-certificates,systemd,sqlite3 \
    --aptopt='APT::Install-Recommends "false"' --aptopt='Acquire::Check-Valid-Until "false"' \
    stable "$root" $mirror >/dev/null
mount -t proc proc "$root/proc"
mount -t devpts devpts "$root/dev/pts"

step "Install"
cp "$deb" "$root/tmp/hedgerow.deb"
inside apt-get install -y -qq --no-install-recommends /tmp/hedgerow.deb >/dev/null
inside id hedgerow >/dev/null
[[ $(stat -c '%U:%a' "$root/var/lib/hedgerow") == *:750 ]] || fail "the data folder is open to others"
[[ $(stat -c '%a' "$root/etc/hedgerow/config.toml") == 640 ]] || fail "the configuration is open to others"
inside systemd-analyze verify /usr/lib/systemd/system/hedgerow.service
inside systemd-analyze security --offline=true --threshold=20 hedgerow.service | tail -n 1
for file in usr/share/man/man1/hedgerow.1.gz usr/share/bash-completion/completions/hedgerow; do
    [[ -s $root/$file ]] || fail "$file is missing"
done

step "Configure, set up, post"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
host=localhost:$port
sed -i "s/^bind = .*/bind = \"127.0.0.1:$port\"/" "$root/etc/hedgerow/config.toml"
hedgerow config check
start
echo 'a long enough password' >"$root/var/lib/hedgerow/password"
chown --reference="$root/var/lib/hedgerow" "$root/var/lib/hedgerow/password"
hedgerow setup --url "http://$host" --name Drill --admin ann --password-file password
token=$(hedgerow user token ann --json | jq -r .token)
# The server looks every few seconds whether another process has set it up.
for _ in $(seq 300); do
    api "$token" GET /communities >/dev/null 2>&1 && break
    sleep 0.1
done
api "$token" POST /communities '{"handle":"weavers","name":{"en":"Weavers"},"purpose":{"en":"We weave."},"languages":["en"]}' >/dev/null
api "$token" POST /communities/weavers/threads '{"lang":"en","title":"Before","body":"Kept."}' >/dev/null

step "Back up while it serves, lose the data, restore"
hedgerow backup /var/backups/hedgerow/drill.tar.gz
stop
rm -rf "$root/var/lib/hedgerow/data"
hedgerow restore /var/backups/hedgerow/drill.tar.gz
start
[[ $(titles) == Before ]] || fail "the thread is missing: $(titles)"
stop

step "Upgrade to a higher version, which has one more migration"
# The database as the version before the newest migration left it.
newest=$(find "$migrations" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | tail -n 1)
number=$(cut -d_ -f1 <<<"$newest" | tr -d -)
sql() { as_user sqlite3 -bail data/hedgerow.db "$@"; }
schema() { sql "SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"; }
migrated=$(schema)
sql <"$migrations/$newest/down.sql"
sql "DELETE FROM __diesel_schema_migrations WHERE version = '$number'"
[[ $(sql "SELECT count(*) FROM __diesel_schema_migrations WHERE version >= '$number'") == 0 ]] || fail "$number is still there"
older=$(schema)
dpkg-deb -R "$deb" "$work/next"
sed -i 's/^Version: .*/&+drill1/' "$work/next/DEBIAN/control"
dpkg-deb -Zgzip -b "$work/next" "$root/tmp/next.deb" >/dev/null
before=$(md5sum <"$root/etc/hedgerow/config.toml")
inside dpkg -i /tmp/next.deb >/dev/null
[[ $(md5sum <"$root/etc/hedgerow/config.toml") == "$before" ]] || fail "the upgrade changed the configuration"
start
api "$token" POST /communities/weavers/threads '{"lang":"en","title":"After","body":"Too."}' >/dev/null
[[ $(titles) == After,Before ]] || fail "threads are missing: $(titles)"
stop
[[ $(sql "SELECT max(version) FROM __diesel_schema_migrations") == "$number" ]] || fail "$newest did not run"
[[ $(schema) == "$migrated" ]] || fail "the schema differs after $newest"
[[ $older != "$migrated" ]] || echo "$newest changes rows only"
echo "$newest ran"

step "An older program refuses a newer database"
sql "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000001')"
if refused=$(hedgerow serve 2>&1); then fail "it started"; fi
[[ $refused == *99991231000001* && $refused == *"newer version"* ]] || fail "not in words: $refused"
echo "$refused"

step "Remove and purge"
inside dpkg -r hedgerow >/dev/null
[[ -d $root/var/lib/hedgerow/data ]] || fail "removing deleted the data"
inside dpkg -P hedgerow >/dev/null
[[ ! -e $root/var/lib/hedgerow && ! -e $root/etc/hedgerow/config.toml ]] || fail "purging left data"
[[ -s $root/var/backups/hedgerow/drill.tar.gz ]] || fail "purging deleted the backups"

step "The drill went well"
