use clap::Parser;

use super::*;

fn key(id: i64, prefix: &str, name: &str) -> Value {
    json!({"id": id, "prefix": prefix, "name": name, "revoked": null})
}

#[test]
fn a_key_is_found_by_name_beginning_or_itself() {
    let keys = [key(1, "t3-abcd", "tv"), key(2, "t3-abxy", "b"), key(3, "t3-zzzz", "tv2")];
    let id = |name: &str| find(&keys, name).map(super::id).ok();
    assert_eq!(id("tv"), Some(1));
    assert_eq!(id("t3-abc"), Some(1));
    assert_eq!(id("t3-abxy…"), Some(2));
    assert_eq!(id("t3-zzzzRestOfTheKey"), Some(3));
    assert_eq!(id("t3-ab"), None);
    assert_eq!(id("t3-"), None);
    assert_eq!(id("other"), None);
}

#[test]
fn revoked_keys_are_not_found_and_their_names_are_free() {
    let revoked = json!({"id": 1, "prefix": "t3-abcd", "name": "key-1", "revoked": "2026"});
    let keys = [revoked, key(2, "t3-zzzz", "key-2")];
    assert!(find(&keys, "key-1").is_err());
    assert_eq!(free_name(&keys), "key-1");
    assert_eq!(free_name(&[key(1, "t3-a", "key-1")]), "key-2");
}

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    keys: KeysArgs,
}

#[test]
fn flags_become_the_admin_apis_document() {
    let line = "keys create --label tv --quota 5 --families poster,logo --option badge_size=l \
                --lock-look";
    let line = Line::try_parse_from(line.split_whitespace()).unwrap();
    let KeysCommand::Create { name, settings, .. } = line.keys.command else { panic!() };
    let expected = json!({
        "name": "tv", "quota": 5, "families": ["poster", "logo"],
        "options": {"badge_size": "l"}, "lock_look": true,
    });
    assert_eq!(settings.document(&name.unwrap()).unwrap(), expected);
    let wrong =
        KeySettingsArgs { options: vec!["badge_size".into()], ..KeySettingsArgs::default() };
    assert!(wrong.document("tv").is_err());
    let grace = |text| Line::try_parse_from(["keys", "rotate", "tv", "--grace", text]).is_ok();
    assert!(grace("24h") && grace("7days") && !grace("soon") && !grace("1year"));
}
