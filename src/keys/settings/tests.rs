use super::*;

fn read(fields: &Value) -> Result<KeySettings, InvalidFields> {
    let mut reader = FieldReader::default();
    let mut settings = KeySettings::default();
    settings.apply(&mut reader, fields.as_object().unwrap());
    reader.finish(Some(settings))
}

fn full() -> Value {
    json!({
        "scopes": ["stremio"], "families": ["poster", "episode"], "sizes": ["small"],
        "lock_look": true, "quota": 500, "rate_per_minute": 60,
        "expires": "2027-01-31T12:00:00Z", "options": {"badge_size": "l"}, "profile": "night",
    })
}

#[test]
fn settings_are_read_and_written() {
    let settings = read(&full()).unwrap();
    assert_eq!(settings.scopes, [KeyScope::Stremio]);
    assert_eq!((settings.quota, settings.look.locked), (Some(500), true));
    assert_eq!(Value::from(settings.document()), full());
    let text = Value::from(settings.document()).to_string();
    assert_eq!(KeySettings::from_stored(&text).unwrap(), settings);
    assert_eq!(KeySettings::from_stored("{}").unwrap(), KeySettings::default());
    let none = json!({"scopes": null, "families": null, "sizes": null, "lock_look": null,
        "quota": null, "rate_per_minute": null, "expires": null, "options": null,
        "profile": null});
    assert_eq!(read(&none).unwrap(), KeySettings::default());
}

#[test]
fn mistakes_are_named() {
    let wrong = json!({
        "scopes": ["root"], "families": [], "sizes": ["tiny"], "lock_look": "yes",
        "quota": 0, "rate_per_minute": -1, "expires": "soon", "options": {"a": 1},
        "profile": "<script>",
    });
    let invalid = read(&wrong).unwrap_err();
    assert_eq!(invalid.0.len(), 9, "{invalid}");
    assert!(!invalid.to_string().contains("script"), "{invalid}");
    for stored in ["", "[]", r#"{"quota":"x"}"#, r#"{"families":["cover"]}"#] {
        assert!(KeySettings::from_stored(stored).is_err(), "{stored}");
    }
}

#[test]
fn times_are_read_as_dates_too() {
    assert_eq!(Timestamp::read("1970-01-02"), Some(Timestamp(86_400)));
    assert_eq!(Timestamp(784_111_777).to_string(), "1994-11-06T08:49:37Z");
    assert_eq!(Timestamp(784_111_777).month(), "1994-11");
    assert_eq!(Timestamp::read("1969-01-01"), None);
    assert_eq!(Timestamp(u64::MAX).month(), "9999-12");
}

#[test]
fn names_are_short_and_printable() {
    for name in ["tv", " Bedroom TV ", "ä", &"x".repeat(40), "<b>"] {
        assert!(name.parse::<KeyName>().is_ok(), "{name}");
    }
    for name in ["", "  ", "a\nb", &"x".repeat(41)] {
        assert!(name.parse::<KeyName>().is_err(), "{name}");
    }
}
