//! The built program, as its owner meets it.

use serde_json::Value;

use crate::support::child::{Laurel, laurel, log, run};
use crate::support::{Answer, FakeUpstream, leaks};

async fn get(url: &str) -> Answer {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    Answer::read(client.get(url).send().await.unwrap()).await
}

/// Nothing but time: an unoptimised build on a busy machine takes seconds for a picture.
fn unhurried() -> Vec<(String, String)> {
    [("LAUREL_RENDER_BUDGET_MS", "50000"), ("LAUREL_DEADLINE_MS", "60000")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_nothing_set_the_first_start_prints_a_poster_that_works() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Laurel::serve(dir.path(), &unhurried());
    let printed = server.printed();
    assert!(printed.contains("demo catalogue"), "{printed}");
    let poster = printed.lines().map(str::trim).find(|line| line.ends_with(".jpg")).unwrap();
    assert_eq!(get(poster).await.size(), (580, 870));
    assert_eq!(get(&format!("{}healthz", server.base)).await.status, 200);
    assert_eq!(get(&format!("{}readyz", server.base)).await.status, 200);
    let key = poster.strip_prefix(&server.base).unwrap().split('/').next().unwrap().to_owned();
    assert!(key.starts_with("t3-") && key.len() == 35, "{key}");
    assert_eq!(server.terminate(), Some(0));
    assert!(!log(dir.path()).contains(&key));
    // The key is kept as a hash, and not shown again.
    let database = std::fs::read(dir.path().join("data/laurel.db")).unwrap_or_default();
    assert!(!database.windows(key.len()).any(|window| window == key.as_bytes()));
    let mut again = Laurel::serve(dir.path(), &[]);
    assert!(!again.printed().contains("t3-"));
    assert_eq!(get(&format!("{}{key}/isValid", again.base)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_of_the_demo_shows_its_pictures_to_whoever_opens_it() {
    let dir = tempfile::tempdir().unwrap();
    let server = Laurel::serve(dir.path(), &unhurried());
    let page = get(&server.base).await.text_whole();
    let (_, facts) = page.split_once(r#"<script type="application/json" id="facts">"#).unwrap();
    let (facts, _) = facts.split_once("</script>").unwrap();
    let facts: Value = serde_json::from_str(facts).unwrap();
    let key = facts["public_key"].as_str().unwrap_or_else(|| panic!("{facts}"));
    let titles = facts["titles"].as_array().unwrap();
    assert!(titles.len() >= 8, "{facts}");
    for title in titles {
        let (kind, id) = title["id"].as_str().unwrap().split_once('/').unwrap();
        let poster = format!("{}{key}/{kind}/poster-default/{id}.jpg", server.base);
        assert_eq!(get(&poster).await.size(), (580, 870), "{poster}");
    }
    // Only that: no other key will do, and with a catalogue of TMDB's this one will not either.
    let poster = "imdb/poster-default/tt9900001.jpg";
    assert_eq!(get(&format!("{}another/{poster}", server.base)).await.status, 401);
    drop(server);
    let upstream = FakeUpstream::with_catalogue().start().await;
    let server = Laurel::serve(dir.path(), &upstream.settings());
    assert_eq!(get(&format!("{}t0-free-rpdb/{poster}", server.base)).await.status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_log_holds_a_key_even_when_everything_is_logged() {
    let upstream = FakeUpstream::with_catalogue().start().await;
    let dir = tempfile::tempdir().unwrap();
    let mut settings = upstream.settings();
    let key = crate::support::KEY;
    settings.push(("LAUREL_API_KEYS".into(), key.into()));
    settings.push(("RUST_LOG".into(), "trace".into()));
    let server = Laurel::serve(dir.path(), &settings);
    for path in
        ["imdb/poster-default/tt9900001.jpg", "imdb/poster-default/%00", "imdb/rating/tt9900001"]
    {
        get(&format!("{}{key}/{path}", server.base)).await;
    }
    server.terminate();
    let log = log(dir.path());
    let line = log.lines().find(|line| leaks(line));
    assert!(log.len() > 1000 && line.is_none(), "{line:?}");
}

#[test]
fn every_command_explains_itself() {
    let dir = tempfile::tempdir().unwrap();
    let help = run(dir.path(), &[], &["--help"]);
    assert!(help.status.success());
    let help = String::from_utf8(help.stdout).unwrap();
    for command in [
        "serve", "keys", "discover", "download", "warm", "library", "health", "purge", "token",
        "settings",
    ] {
        assert!(help.contains(&format!("  {command} ")), "{help}");
        let own = run(dir.path(), &[], &[command, "--help"]);
        assert!(own.status.success() && own.stdout.len() > 80, "{command}");
    }
    assert!(!run(dir.path(), &[], &["dance"]).status.success());
    let version = String::from_utf8(run(dir.path(), &[], &["--version"]).stdout).unwrap();
    assert_eq!(version.trim(), concat!("laurel ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_mistake_in_the_settings_is_told_at_once_without_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let wrong = [
        ("LAUREL_LISTEN", "nowhere"),
        ("LAUREL_RENDER_BUDGET_MS", "soon"),
        ("LAUREL_JPEG_QUALITY", "900"),
        ("LAUREL_API_KEYS", "a b c-secret"),
        ("LAUREL_TMDB_API_URL", "ftp://x"),
        ("RUST_LOG", "=!="),
    ];
    let wrong = wrong.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let output = run(dir.path(), &wrong, &["serve", "--check"]);
    assert!(!output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    for (name, _) in &wrong {
        assert!(told.contains(name.as_str()), "{name}: {told}");
    }
    assert!(!told.contains("c-secret"), "{told}");
    assert!(run(dir.path(), &[], &["serve", "--check"]).status.success());
}

#[test]
fn two_servers_do_not_share_a_data_directory_and_health_knows_who_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let server = Laurel::serve(dir.path(), &[]);
    let address = server.base.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let settings = [("LAUREL_LISTEN".to_owned(), address)];
    assert!(run(dir.path(), &settings, &["health"]).status.success());
    server.kill();
    assert!(!run(dir.path(), &settings, &["health"]).status.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_made_listed_and_revoked_beside_a_running_server() {
    let dir = tempfile::tempdir().unwrap();
    let server = Laurel::serve(dir.path(), &[]);
    let keys = |arguments: &[&str]| {
        let place = ["--data-dir", "data"];
        let mut command = laurel(dir.path(), &[]);
        let output = command.arg("keys").args(arguments).args(place).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let made = keys(&["create", "--label", "living room"]);
    let word = |name: &str| {
        let line = made.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().to_owned()
    };
    let (key, share) = (word("key"), word("share"));
    let base = server.base.clone();
    let status = |below: String| {
        let base = base.clone();
        async move { get(&format!("{base}{below}")).await.status }
    };
    // In force when the command returns.
    assert_eq!(status(format!("{key}/isValid")).await, 200);
    assert_eq!(status(format!("{share}/isValid")).await, 200);
    assert_eq!(status(format!("{share}/requests")).await, 403);
    let listed = keys(&["list"]);
    assert!(listed.contains("living room") && !listed.contains(&key), "{listed}");
    let taken = run(dir.path(), &[], &["keys", "create", "--name", "living room"]);
    assert!(String::from_utf8_lossy(&taken.stderr).contains("has this name"), "{taken:?}");
    let rotated = keys(&["rotate", "living room", "--grace", "1h"]);
    assert!(rotated.contains("accepted until") && !rotated.contains(&key), "{rotated}");
    assert_eq!(status(format!("{key}/isValid")).await, 200);
    assert!(keys(&["usage", "living room"]).contains("made this month"));
    keys(&["revoke", "living room"]);
    assert_eq!(status(format!("{key}/isValid")).await, 401);
    assert_eq!(status(format!("{share}/isValid")).await, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_admin_token_is_rotated_unless_the_settings_have_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Laurel::serve(dir.path(), &unhurried());
    let printed = server.printed();
    let first = printed.lines().map(str::trim).find(|line| line.starts_with("admin-")).unwrap();
    let opens = async |base: &str, token: &str| {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(format!("{base}api/admin/keys")).bearer_auth(token);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(opens(&server.base, first).await, 200);
    let control = dir.path().join("data/control.json");
    assert!(control.exists());
    let rotated = run(dir.path(), &[], &["token", "rotate"]);
    let rotated = String::from_utf8(rotated.stdout).unwrap();
    let second = rotated.split_whitespace().find(|word| word.starts_with("admin-")).unwrap();
    assert_eq!(opens(&server.base, first).await, 401);
    assert_eq!(opens(&server.base, second).await, 200);
    server.terminate();
    assert!(!control.exists());
    // Without a server the same command works on the database.
    assert!(run(dir.path(), &[], &["token", "rotate"]).status.success());
    let set = [("LAUREL_ADMIN_TOKEN".to_owned(), "hush".to_owned())];
    let refused = run(dir.path(), &set, &["token", "rotate"]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("LAUREL_ADMIN_TOKEN"), "{told}");
}
